//! An array of one's own: points in a square, and whether each lies in a circle. Trains, predicts
//! from arrays of either layout, saves, loads, and shows what a wrong width gives.
//!
//!     cargo run --release --example own_data

use rankone::ndarray::{Array2, ShapeBuilder, array};
use rankone::{Dataset, Error, Network, Settings, Trainer};
use std::ops::ControlFlow;

fn main() -> rankone::Result<()> {
    // 2000 points that fill the square evenly; column 0 is x, column 1 is y.
    let step = [0.754_877_666, 0.569_840_291];
    let points = Array2::from_shape_fn((2000, 2), |(i, axis)| (i as f64 * step[axis]).fract());
    let inside = |x: f64, y: f64| (x - 0.5).powi(2) + (y - 0.5).powi(2) < 0.16;
    let labels = points.rows().into_iter().map(|p| usize::from(inside(p[0], p[1]))).collect();
    let data = Dataset::new(points.view(), labels, 2)?;

    let settings = Settings { hidden: 20, epochs: 200, learning_rate: 0.1, ..Default::default() };
    let trainer = Trainer::new(&data, settings).on_epoch(|epoch| {
        if epoch.epoch % 50 == 0 {
            println!("epoch {}: cross-entropy {:.4}", epoch.epoch, epoch.train_cross_entropy);
        }
        ControlFlow::Continue(())
    });
    let outcome = trainer.fit()?;
    println!("{:.1} % of the points are on the wrong side", 100.0 * outcome.train.error);

    // The same points column after column, as Fortran and MATLAB keep them.
    let columns = Array2::from_shape_fn((2000, 2).f(), |(i, axis)| points[[i, axis]]);
    assert_eq!(outcome.network.predict(columns.view())?, outcome.train.predictions);

    let y_hat = outcome.network.probabilities(array![[0.5, 0.5]].view())?;
    println!("the centre is inside with probability {:.3}", y_hat[[0, 1]]);

    let model = std::env::temp_dir().join("own_data.safetensors");
    outcome.network.save(&model)?;
    let network = Network::<f64>::load(&model)?;
    assert_eq!(network, outcome.network);

    match network.predict(Array2::zeros((1, 3)).view()) {
        Err(error @ Error::Mismatch { .. }) => println!("three columns: {error}"),
        other => panic!("three columns were taken: {other:?}"),
    }
    Ok(())
}
