//! Tables of figures and their goals.

use std::fmt;

/// The figures of several runs, sorted.
#[derive(Clone, Debug)]
pub(crate) struct Runs(Vec<f64>);

impl Runs {
    pub(crate) fn new(mut figures: Vec<f64>) -> Self {
        figures.sort_by(f64::total_cmp);
        Self(figures)
    }

    pub(crate) fn median(&self) -> f64 {
        self.at(self.0.len() / 2)
    }

    fn at(&self, index: usize) -> f64 {
        self.0.get(index).copied().unwrap_or(f64::NAN)
    }

    /// Divides each figure by the median of the others.
    pub(crate) fn over(&self, others: &Self) -> Self {
        let by = others.median();
        Self(self.0.iter().map(|figure| figure / by).collect())
    }

    /// Subtracts the median of the others from each figure.
    pub(crate) fn above(&self, others: &Self) -> Self {
        let by = others.median();
        Self(self.0.iter().map(|figure| figure - by).collect())
    }
}

/// The goal of a figure.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Goal {
    AtLeast(f64),
    AtMost(f64),
    /// Printed for comparison only.
    None,
}

impl Goal {
    /// Whether the figure reaches the goal, if there is one.
    fn holds(self, figure: f64) -> Option<bool> {
        match self {
            Self::AtLeast(least) => Some(figure >= least),
            Self::AtMost(most) => Some(figure <= most),
            Self::None => None,
        }
    }
}

impl fmt::Display for Goal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&match self {
            Self::AtLeast(least) => format!("≥ {least}"),
            Self::AtMost(most) => format!("≤ {most}"),
            Self::None => String::new(),
        })
    }
}

/// Whether a missed goal fails the benchmark: only that of a counted figure does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Independent of the load of the machine.
    Counted,
    /// Depends on the machine and its load.
    Timed,
}

/// Prints each line when it is added.
#[derive(Debug, Default)]
pub(crate) struct Table {
    missed: bool,
}

impl Table {
    pub(crate) fn new() -> Self {
        println!(
            "{:<64} {:>7} {:>8} {:>17}  {:<5} ",
            "figure", "goal", "median", "min to max", "holds"
        );
        Self::default()
    }

    /// Prints one line; `from` shows the measurements that the figure is computed from.
    pub(crate) fn line(&mut self, figure: &str, goal: Goal, kind: Kind, runs: &Runs, from: &str) {
        let median = runs.median();
        let holds = goal.holds(median);
        self.missed |= holds == Some(false) && kind == Kind::Counted;
        let holds = answer(holds);
        let spread = match runs.0.len() {
            1 => String::new(),
            len => format!("{:.2} to {:.2}", runs.at(0), runs.at(len - 1)),
        };
        println!("{figure:<64} {goal:>7} {median:>8.2} {spread:>17}  {holds:<5} {from}");
    }

    /// Whether a counted figure missed its goal.
    pub(crate) fn missed(&self) -> bool {
        self.missed
    }
}

/// Prints the head of a table with a column for each crate.
pub(crate) fn crates_head(crates: [&str; 3]) {
    print_crates("figure", "goal", "holds", crates.map(str::to_owned));
}

/// Prints a line with the figure of each crate. The goal is that of ours, the first one.
pub(crate) fn crates_line(figure: &str, goal: Goal, figures: [f64; 3]) {
    let [ours, ..] = figures;
    let holds = answer(goal.holds(ours));
    print_crates(figure, &goal.to_string(), holds, figures.map(short));
}

fn print_crates(figure: &str, goal: &str, holds: &str, [ours, posthog, segment]: [String; 3]) {
    println!("{figure:<46} {goal:>7} {ours:>10}  {holds:<5} {posthog:>10} {segment:>10}");
}

fn answer(holds: Option<bool>) -> &'static str {
    match holds {
        Some(true) => "yes",
        Some(false) => "NO",
        None => "",
    }
}

/// Formats a count without decimals, and another number with two.
fn short(number: f64) -> String {
    if number.fract() == 0.0 {
        grouped(number)
    } else {
        format!("{number:.2}")
    }
}

/// Formats a number with commas between the thousands.
pub(crate) fn grouped(number: f64) -> String {
    let digits = format!("{number:.0}");
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index) % 3 == 0 {
            out.push(',');
        }
        out.push(digit);
    }
    out
}
