//! Scratch memory is written before it is read.

use rankone_kernels::thread_pool::ThreadPool;
use rankone_kernels::{BATCH, Inference, Inputs, Isa, Plan, Sgd, Wanted};
use std::sync::Arc;

#[test]
fn scratch_is_written_before_it_is_read() {
    let (n, m, hidden, classes) = (61, 40, 19, 10);
    let x: Vec<f64> = (0..n * (m + 1))
        .map(|i| if i % (m + 1) == 0 || i * i % 7 == 1 { 1.0 } else { 0.0 })
        .collect();
    let labels: Vec<_> = (0..n).map(|t| t * t % classes).collect();
    let inputs = Arc::new(Inputs::new(&x, m + 1, Isa::detect()));
    let pool = Arc::new(ThreadPool::new(1));
    let isa = Isa::detect();
    let plan = Arc::new(Plan::of_file(&inputs, isa));
    let mut sgd = Sgd::new(&inputs, &labels, (hidden, classes), plan, isa, &pool);
    let start = |n: usize| (0..n).map(|i| (i % 13) as f64 / 130.0 - 0.05).collect::<Vec<_>>();
    let mut inference = Inference::new((m + 1, hidden, classes), 1, Isa::detect());
    let mut epoch = |garbage| {
        sgd.fill_scratch(garbage);
        inference.fill_scratch(garbage);
        let (mut alpha, mut beta) = (start(hidden * (m + 1)), start(classes * (hidden + 1)));
        sgd.epoch((&mut alpha, &mut beta), 0.1, None);
        inference.load(&alpha, &beta);
        let mut losses = vec![f64::NAN; n.div_ceil(BATCH)];
        let wanted = Wanted::Losses { labels: &labels, losses: &mut losses, predictions: None };
        inference.run(0, inputs.rows(0, n), wanted);
        (alpha, beta, losses)
    };
    let expected = epoch(0.0);
    assert_ne!(expected.0, start(hidden * (m + 1)));
    assert_eq!(epoch(f64::NAN), expected);
    assert_eq!(epoch(1e300), expected);
}
