//! A table of figures and their goals.

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
        let (goal, holds) = match goal {
            Goal::AtLeast(least) => (format!("≥ {least}"), Some(median >= least)),
            Goal::AtMost(most) => (format!("≤ {most}"), Some(median <= most)),
            Goal::None => (String::new(), None),
        };
        let holds = match holds {
            Some(true) => "yes",
            Some(false) => {
                self.missed |= kind == Kind::Counted;
                "NO"
            }
            None => "",
        };
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
