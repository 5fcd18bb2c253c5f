//! The learning curve of one training run.

use crate::{Line, Panel, Panels, PlotError};

/// Draws the mean cross-entropies (nats) of the training and the validation set after each epoch as
/// SVG: element 0 is the loss after epoch 1. `validation` is empty if there is no validation set.
/// `best_epoch`, counted from 1, is circled in the curve of the validation set.
///
/// # Errors
/// [`PlotError::Drawing`] if the drawing library fails.
pub fn learning_curve(
    train: &[f64],
    validation: &[f64],
    best_epoch: Option<usize>,
) -> Result<String, PlotError> {
    let line = |set: &str, color, losses: &[f64], best: Option<usize>| {
        let mut name = format!("{set} {}", short(*losses.last()?));
        let mark = best.and_then(|e| Some((e as f64, *losses.get(e.checked_sub(1)?)?)));
        if let Some((epoch, loss)) = mark {
            name += &format!(" (best {} in epoch {epoch})", short(loss));
        }
        let points = (1u32..).map(f64::from).zip(losses.iter().map(|&loss| [loss; 3])).collect();
        Some(Line { name, color, is_dashed: false, points, mark })
    };
    let title = "Mean cross-entropy after each epoch".to_owned();
    let lines = [line("training", 1, train, None), line("validation", 0, validation, best_epoch)];
    let lines = lines.into_iter().flatten().collect();
    Panels::over_epochs(vec![Panel { title, lines }]).svg()
}

/// Formats a loss; a diverging one would have hundreds of digits.
fn short(loss: f64) -> String {
    if loss < 1e6 { format!("{loss:.4}") } else { format!("{loss:.4e}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_curve_names_both_sets_and_circles_the_best_epoch() {
        let svg = learning_curve(&[2.0, 1.0, 0.5], &[2.0, 1.5, 1.75], Some(2)).unwrap();
        for text in ["training 0.5000", "validation 1.7500 (best 1.5000 in epoch 2)"] {
            assert!(svg.contains(text), "{text}");
        }
        // Each epoch has a disc in both curves.
        assert_eq!((svg.matches("<circle").count(), svg.matches("r=\"7\"").count()), (7, 1));
        let svg = learning_curve(&[2.0], &[], None).unwrap();
        assert!(svg.matches("<circle").count() == 1 && !svg.contains("validation"));
        assert!(learning_curve(&[], &[], Some(1)).is_ok());
    }

    #[test]
    fn diverging_losses_are_short() {
        assert_eq!(short(999_999.5), "999999.5000");
        let svg = learning_curve(&[1.0, 1e300], &[f64::INFINITY, f64::NAN], Some(1)).unwrap();
        assert!(svg.contains("training 1.0000e300") && !svg.contains("000000000"));
    }
}
