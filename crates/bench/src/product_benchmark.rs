//! The benchmark of single products.

use crate::benchmark::Candidate;
use crate::markdown_table::PRODUCT_TABLE;
use crate::operation::Operation;
use crate::product_candidates::product_candidates;
use crate::session::{BenchObserver, BenchOptions, BenchOutcome, BenchSession, SessionHead};
use rankone::Precision;

/// All ways to compute one product, at several shapes.
#[derive(Debug, Clone)]
pub struct ProductBenchmark {
    /// The product.
    pub operation: Operation,
    /// Rows and columns of each matrix; one row for a dot product.
    pub shapes: Vec<(usize, usize)>,
    /// Settings of every benchmark.
    pub options: BenchOptions,
}

/// The default shapes of matrices: both layers of the letters with 16 to 1000 hidden units, and
/// hidden layers over the 784 inputs of MNIST.
pub const DEFAULT_SHAPES: &str = "16x129,50x129,100x129,200x129,500x129,1000x129,\
                                  10x17,10x51,10x101,10x201,10x501,10x1001,30x785,100x785,300x785";

/// The most values of a matrix or a vector.
const MOST_VALUES: usize = 1 << 24;

/// Parses the length of vectors, and returns it as the shape of a matrix of one row.
///
/// # Errors
/// What is expected.
pub fn parse_length(text: &str) -> Result<(usize, usize), String> {
    let length = text.parse().ok().filter(|n| (1..=MOST_VALUES).contains(n));
    let columns = length.ok_or_else(|| format!("expected a number from 1 to {MOST_VALUES}"))?;
    Ok((1, columns))
}

/// Parses the shape of a matrix, such as `200x129`.
///
/// # Errors
/// What is expected.
pub fn parse_shape(text: &str) -> Result<(usize, usize), String> {
    let side = |text| parse_length(text).map(|(_, length)| length).ok();
    let sides = text.split_once('x').and_then(|(r, c)| Some((side(r)?, side(c)?)));
    let fits = |(rows, columns): &(usize, usize)| rows * columns <= MOST_VALUES;
    sides.filter(fits).ok_or_else(|| {
        format!("expected ROWSxCOLUMNS, such as 200x129, of at most {MOST_VALUES} numbers")
    })
}

/// The handout's Table A.1: milliseconds of a thousand dot products of 500 values.
const PUBLISHED: [(&str, &str); 4] = [
    ("Python list", "200.99"),
    ("NumPy array", "1.01"),
    ("Java float[]", "4.00"),
    ("C++ vector<float>", "0.81"),
];
/// The number of values that the published times are for, as a shape.
const PUBLISHED_SHAPE: (usize, usize) = (1, 500);

impl ProductBenchmark {
    /// Returns the number of steps that the observer of [`run`](Self::run) is notified of.
    pub fn steps(&self) -> usize {
        let ways = product_candidates::<f64>(self.operation, (1, 1), self.options.isa).len();
        self.options.steps(self.shapes.len() * ways)
    }

    /// Measures the machine and times the products.
    ///
    /// # Errors
    /// Those of `observer`.
    pub fn run<O: BenchObserver>(&self, observer: &O) -> Result<BenchOutcome, O::Error> {
        let head = SessionHead {
            what: self.operation.formula(),
            notes: &format!("timed runs: {}", self.options.rounds),
            data: None,
            threads: 1,
            bandwidths: true,
            table: PRODUCT_TABLE,
        };
        let mut session = BenchSession::start(&self.options, &head, observer)?;
        for &shape in &self.shapes {
            session.benchmark(&self.operation.to_string(), self.candidates(shape))?;
        }
        Ok(session.finish())
    }

    fn candidates(&self, shape: (usize, usize)) -> Vec<Candidate<'static>> {
        let BenchOptions { precisions, isa, .. } = &self.options;
        let of = |precision: &Precision| match precision {
            Precision::F64 => product_candidates::<f64>(self.operation, shape, *isa),
            Precision::F32 => product_candidates::<f32>(self.operation, shape, *isa),
        };
        precisions.iter().flat_map(of).collect()
    }

    /// Returns rows of published times for the table, and where they are from, if there are any for
    /// this product and these shapes.
    pub fn published(&self) -> Option<String> {
        if self.operation != Operation::Dot || !self.shapes.contains(&PUBLISHED_SHAPE) {
            return None;
        }
        let length = PUBLISHED_SHAPE.1.to_string();
        let row =
            |(what, ms)| PRODUCT_TABLE.published(&length, &format!("{what}, as published"), ms);
        let rows = PUBLISHED.map(row).join("\n");
        let source = "as published: the handout's Table A.1, measured on another machine";
        Some(format!("{rows}\n\n{source}"))
    }
}
