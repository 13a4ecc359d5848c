//! The commands of the pages that are not run, and why: a page cannot leave one out by itself.

/// A command that is not run.
pub struct Unrun {
    /// The page that has it.
    page: &'static str,
    /// How it begins.
    begins: &'static str,
    /// Why.
    pub why: &'static str,
}

const fn unrun(page: &'static str, begins: &'static str, why: &'static str) -> Unrun {
    Unrun { page, begins, why }
}

/// All of them.
pub const UNRUN: [Unrun; 9] = [
    unrun("README.md", "make demo", "builds a release, which takes minutes"),
    unrun("README.md", "make test", "the tests would run themselves"),
    unrun(
        "README.md",
        "cargo run --release",
        "builds a release, which takes minutes; `throng run membership` is run elsewhere",
    ),
    unrun("README.md", "cargo test", "the tests would run themselves"),
    unrun("docs/benchmarks.md", "make bench", "takes minutes, and a machine that does nothing else"),
    unrun("docs/first-run.md", "cargo install", "builds a release, which takes minutes"),
    unrun("docs/moving/k6.md", "k6 run", "k6 is in no registry that the tests install from"),
    unrun("docs/recipes/kubernetes.md", "docker ", "needs Docker"),
    unrun("docs/recipes/kubernetes.md", "kubectl ", "needs a cluster"),
];

impl Unrun {
    /// The entry of a command, if it has one.
    pub fn of(page: &str, command: &str) -> Option<&'static Self> {
        UNRUN.iter().find(|unrun| unrun.page == page && command.starts_with(unrun.begins))
    }

    /// Where it stands, for people.
    pub fn place(&self) -> String {
        format!("{}: {}", self.page, self.begins.trim_end())
    }
}
