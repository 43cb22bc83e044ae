//! Figures, their goals, and how both are printed.

/// What several runs gave, in order.
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

    /// Each of these runs against the median of those.
    pub(crate) fn over(&self, others: &Self) -> Self {
        let by = others.median();
        Self(self.0.iter().map(|figure| figure / by).collect())
    }

    /// Each of these runs less the median of those.
    pub(crate) fn above(&self, others: &Self) -> Self {
        let by = others.median();
        Self(self.0.iter().map(|figure| figure - by).collect())
    }
}

/// What a figure is to be.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Goal {
    AtLeast(f64),
    AtMost(f64),
    /// It is printed for comparison.
    None,
}

/// Whether missing the goal fails the benchmark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The same figure whatever else the machine does.
    Counted,
    /// Depends on the machine and on what else it does.
    Timed,
}

/// The lines, printed as they come.
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

    /// One line; `from` says what the figure was made of.
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

    /// Whether a goal was missed that does not depend on time.
    pub(crate) fn missed(&self) -> bool {
        self.missed
    }
}

/// A number with its thousands apart.
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
