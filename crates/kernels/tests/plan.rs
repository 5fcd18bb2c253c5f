//! A plan says what the inputs say.

use rankone_kernels::{InputKind, Inputs, Isa, Plan};

/// A plan says what the inputs say: every block, column by column and pair by pair.
#[test]
fn a_plan_is_the_inputs_in_another_order() {
    let (n, columns) = (37, 70);
    for (kind, value) in [(InputKind::Binary, 1.0), (InputKind::Valued, 0.5)] {
        let mut x = vec![0.0; n * columns];
        for (i, v) in x.iter_mut().enumerate() {
            *v = if i % columns == 0 {
                1.0
            } else if i * i % 11 == 1 {
                value
            } else {
                0.0
            };
        }
        let inputs = Inputs::new(&x, columns, Isa::detect());
        assert_eq!(inputs.kind(), kind);
        // The example that comes at place t is number 5 t mod N; the plan's memory is one of
        // another order.
        let order: Vec<_> = (0..n as u32).map(|t| 5 * t % n as u32).collect();
        let used = Plan::new(&inputs, inputs.file_order().to_vec(), 16, Isa::detect(), None);
        let plan = Plan::new(&inputs, order.clone(), 16, Isa::detect(), Some(used));
        let labels: Vec<_> = (0..n).collect();
        let mut seen = vec![0.0; n * columns];
        for b in 0..plan.blocks() {
            let block = plan.block(b, &inputs, &labels);
            assert!(block.columns.is_sorted_by_key(|column| column.examples.count_ones()));
            for column in block.columns {
                assert!(column.examples != 0);
                for s in (0..32).filter(|s| column.examples >> s & 1 == 1) {
                    let row = order[16 * b + s] as usize;
                    assert_eq!(block.label(s), row);
                    let place = row * columns + column.index as usize;
                    seen[place] = x[place];
                }
            }
            for t in 0..block.examples() {
                let dots = (0..t).map(|s| {
                    let pairs = block.rows.x(s).iter().zip(block.rows.x(t));
                    pairs.map(|(a, b)| a * b).sum::<f64>()
                });
                assert_eq!(block.overlaps(t), dots.collect::<Vec<_>>());
            }
        }
        assert_eq!(seen, x);
    }
}
