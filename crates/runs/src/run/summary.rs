//! What a training came to, for people.

use super::record::RunRecord;
use crate::text::{count, loss};
use rankone::{Epoch, best_epoch};
use std::path::Path;

/// How many threads did the updates of these epochs: of `threads`, up to `of_updates` can.
pub(super) fn sharing(history: &[Epoch], of_updates: usize, threads: usize) -> String {
    let others = match threads - of_updates {
        0 => "",
        1 => ", another one evaluates",
        _ => ", the others evaluate",
    };
    let alone = history.iter().filter(|epoch| epoch.threads < of_updates).count();
    let why = "while others evaluated or their cores were busy";
    let updates = count(of_updates, "thread");
    if history.is_empty() {
        return "none needed: all epochs were done".into();
    }
    match history.iter().position(|epoch| epoch.threads == of_updates) {
        Some(_) if alone == 0 => format!("{updates}{others}"),
        Some(first) if first == alone => {
            format!("{updates}; 1 until epoch {}, {why}{others}", first + 1)
        }
        Some(_) => format!("{updates}; 1 in {alone} of {} epochs, {why}{others}", history.len()),
        None => format!("1 thread; {of_updates} were no quicker, or the other cores busy{others}"),
    }
}

/// What a progress bar shows of an epoch over so many `examples`: the losses and the speed.
pub fn epoch_line(epoch: &Epoch, examples: usize) -> String {
    let train = loss(epoch.train_cross_entropy, 4);
    let validation = epoch.validation_cross_entropy.map(|j| format!("  validation {}", loss(j, 4)));
    let speed = epoch.examples_per_second(examples);
    format!("train {train}{}  {speed:.0} examples/s", validation.unwrap_or_default())
}

/// The summary for people, of a run that was gone on with after an epoch, or begun.
///
/// # Panics
/// Where the run has no result.
pub(super) fn summary(
    run: &RunRecord,
    history: &[Epoch],
    resumed_after: usize,
    sharing: &str,
    folder: Option<&Path>,
) -> String {
    let result = run.result.as_ref().expect("a run that came to an end");
    let results = &result.results;
    let asked = run.spec.settings.epochs;
    let ended = run.ended_by.as_ref();
    let ended =
        ended.map_or(String::new(), |by| format!(" (ended by {by}; {asked} were asked for)"));
    let best = best_epoch(history).map_or(String::new(), |best| {
        let of = best.validation_cross_entropy.map_or(String::new(), |j| loss(j, 6));
        let kept = if results.kept_epoch == best.epoch { ", kept" } else { "" };
        format!("\nbest        epoch {}: validation loss {of}{kept}", best.epoch)
    });
    let of_validation = |found: Option<f64>, words: fn(f64) -> String| {
        found.map_or(String::new(), |found| format!("  validation {}", words(found)))
    };
    let (total, sgd) = (result.total_seconds, result.sgd_seconds);
    let time = match resumed_after {
        0 => format!("{total:.2} s of training, {sgd:.2} s of it updates"),
        epoch => format!("{total:.2} s since epoch {epoch}, {sgd:.2} s of updates in all"),
    };
    let per_example = 1e6 / result.examples_per_second;
    let plan = run.plan.map_or(String::new(), |plan| {
        let (ms, mb) = (1e3 * plan.seconds, plan.bytes as f64 / 1e6);
        format!("\nplan        made once in {ms:.1} ms, {mb:.1} MB")
    });
    let blas = &run.environment.blas;
    let written =
        folder.map_or(String::new(), |folder| format!("\nwritten     {}", folder.display()));
    format!(
        "error       train {:.4}{}\n\
         loss        train {}{}{best}\n\
         time        {time}: {}{ended}, \
         {per_example:.2} us an example\n\
         threads     {sharing}\n\
         engine      {} {}, {}; BLAS {blas}, {}{plan}{written}",
        results.train_error,
        of_validation(results.validation_error, |error| format!("{error:.4}")),
        loss(results.train_cross_entropy, 6),
        of_validation(results.validation_cross_entropy, |j| loss(j, 6)),
        count(results.epochs, "epoch"),
        run.spec.engine,
        run.spec.precision,
        count(run.spec.settings.hidden, "hidden unit"),
        count(blas.num_threads, "thread"),
    )
}
