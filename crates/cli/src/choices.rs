//! Options whose values have names, and what the long help says of each name.

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use serde::de::value::Error;
use serde::de::{DeserializeOwned, IntoDeserializer};

/// Parses a value by the name that serde gives it; each line of `names` is a name and its help.
pub fn choice<T>(names: &'static str) -> impl TypedValueParser<Value = T>
where
    T: DeserializeOwned + Clone + Send + Sync + 'static,
{
    let names = names.lines().map(|line| line.split_once(": ").expect("a name and its help"));
    let names = names.map(|(name, help)| PossibleValue::new(name).help(help));
    PossibleValuesParser::new(names)
        .try_map(|name| T::deserialize(IntoDeserializer::<Error>::into_deserializer(name)))
}

pub const ENGINES: &str = "\
auto: The fastest one
reference: The textbook, module by module: slow; what the others are checked against
blas: Matrix-vector and outer products of the BLAS library, example by example
blocked: Delayed updates, block by block: the same mathematics, many times faster, the same bits \
everywhere";

pub const PRECISIONS: &str = "\
f64: Double precision, 64 bits
f32: Single precision, 32 bits";

pub const INITS: &str = "\
random: Uniform from -0.1 to 0.1, from the seed
zero: All zero: all hidden units stay equal; a reference case, not a way to learn
numpy: As the starter code of CMU's 10-301 draws them with NumPy; no seed";

pub const KEEPS: &str = "\
last: The last one's
best: That of the lowest cross-entropy of the validation set, the first of equals";

pub const ORDERS: &str = "\
file: That of the file, in every epoch
shuffled: A fresh random one in each epoch, from the seed and the epoch alone
numpy: A fresh one in each epoch, as the starter code of CMU's 10-301 has it";

pub const HEADERS: &str = "\
auto: If none of its fields is a number, or its label is none while the next line's is, or it \
counts its columns from 0
yes: It does
no: It does not";

pub const DELIMITERS: &str = "\
,: A comma
;: A semicolon
tab: A tab
space: One space or more";

pub const VALUES: &str = "\
unit: From 0 to 1, as they are
any: Any number, as it is
scale: Any; an input's least and greatest of the training set become 0 and 1, others may go beyond
standardize: Any; minus an input's mean in the training set, by its standard deviation there";

/// Which models of a sweep are kept.
pub const MODELS: &str = "\
best: Of each setting that of the best network over its seeds
all: Every network's
none: None";

/// The handout's sizes, and a large one.
pub const SIZES: &str = "\
small: 500 and 100
medium: 5000 and 1000
large: 9000 and 1000
mnist: 60000 and 10000, of 28 x 28 pixels in shades of grey";

pub const EDITIONS: &str = "\
10-315: The examples in the file's order, random weights from our own generator
10-301: The examples in NumPy's order: before each epoch, from 0, np.random.seed(epoch) and \
np.random.permutation(N); random weights from NumPy: np.random.seed(rows * columns), \
uniform(-0.1, 0.1), biases 0";
