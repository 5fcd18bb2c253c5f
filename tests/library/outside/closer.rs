//! A program outside the workspace that looks closer: it prepares its data once for all engines,
//! and takes the time of the phases of each. `tests/library/outside.rs` builds and runs it.

use rankone::profile::{Phase, Work, nanoseconds};
use rankone::{Dataset, EngineKind, Isa, PreparedDataset, Settings, Split, Trainer};

fn main() -> rankone::Result<()> {
    let letters = Dataset::<f64>::letters(200, 0, Split::Training)?;
    let prepared = PreparedDataset::new(&letters, Isa::detect());
    let mut losses = Vec::new();
    for engine in [EngineKind::Reference, EngineKind::Blas, EngineKind::Blocked] {
        let settings = Settings { engine, hidden: 9, epochs: 2, ..Default::default() };
        let outcome = Trainer::on(prepared.clone(), settings).profile(nanoseconds).fit()?;
        for epoch in &outcome.history {
            let phases = epoch.phases.expect("it was profiled");
            assert!(phases.of(Phase::Softmax) > 0.0 && phases.total() > 0.0, "{phases:?}");
        }
        let updates = outcome.spans.iter().filter(|span| span.work == Work::Updates);
        assert_eq!(updates.count(), 2, "{:?}", outcome.spans);
        losses.push(outcome.train.cross_entropy);
        println!("{engine} {:.1}", losses[0] - outcome.train.cross_entropy);
    }
    Ok(())
}
