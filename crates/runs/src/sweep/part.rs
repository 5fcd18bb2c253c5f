//! Which part of a sweep is this process's: as it is set, or as Slurm sets it for the tasks of an
//! array.

/// A part of a sweep that a process of its own trains: number `number`, from 1, of `of`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    pub(super) number: usize,
    pub(super) of: usize,
}

impl Part {
    /// Part `number` of `of`, if there is such a one; of more than ten thousand there is none.
    pub fn new(number: usize, of: usize) -> Option<Self> {
        ((1..=of).contains(&number) && of <= 10_000).then_some(Self { number, of })
    }

    /// What the names of its files have before their ending.
    pub fn suffix(part: Option<Self>) -> String {
        part.map_or(String::new(), |Self { number, of }| format!(".{number}-of-{of}"))
    }
}

/// Parses a part: `slice:i/n`, or `slurm` for the task of a Slurm array that this process is.
///
/// # Errors
/// What is expected, or which of Slurm's variables is missing.
pub fn part(text: &str) -> Result<Part, String> {
    let slice = |text: &str| {
        let (number, of) = text.strip_prefix("slice:")?.split_once('/')?;
        Part::new(number.parse().ok()?, of.parse().ok()?)
    };
    if text != "slurm" {
        return slice(text).ok_or_else(|| "expected slice:i/n, i from 1 to n; or slurm".into());
    }
    let of_task = |name: &str| -> Result<usize, String> {
        let name = format!("SLURM_ARRAY_TASK_{name}");
        let value = std::env::var(&name).map_err(|_| format!("{name} is not set"))?;
        value.parse().map_err(|_| format!("{name}: found {value}, expected a number"))
    };
    let (id, least, count) = (of_task("ID")?, of_task("MIN")?, of_task("COUNT")?);
    let step = of_task("STEP").unwrap_or(1).max(1);
    let place = |id: usize| id.checked_sub(least).map(|places| places / step + 1);
    // Of an array that is a list, such as 2,4,9, no task knows its place.
    let is_range = of_task("MAX").is_ok_and(|most| place(most) == Some(count));
    let part = place(id).filter(|_| is_range).and_then(|number| Part::new(number, count));
    part.ok_or_else(|| format!("task {id}: expected an array that is a range, such as 1-{count}"))
}
