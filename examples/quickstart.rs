//! The README's example: train on two files, save the network, load it again, predict.
//!
//!     cargo run --release --example quickstart

use rankone::{Dataset, Network, Settings, Trainer};

fn main() -> rankone::Result<()> {
    let train = Dataset::<f64>::from_csv("data/sample/smallTrain.csv")?;
    let validation = Dataset::from_csv_like("data/sample/smallValidation.csv", &train)?;
    let settings = Settings { hidden: 50, ..Default::default() };
    let outcome = Trainer::new(&train, settings).validation(&validation).fit()?;
    let model = std::env::temp_dir().join("quickstart.safetensors");
    outcome.network.save(&model)?;

    let network = Network::<f64>::load(&model)?;
    let labels = network.predict(validation.features())?;
    println!("the first example is a {}", labels[0]);
    Ok(())
}
