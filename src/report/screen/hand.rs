//! What whoever watches has chosen to see.

use super::operations::Sort;
use super::panel::Panel;

/// The panel chosen, how operations are sorted, how far lists are scrolled, and whether the help is shown.
#[derive(Debug, Clone)]
pub struct Hand {
    pub(super) panel: Panel,
    pub(super) alone: bool,
    pub(super) sort: Sort,
    pub(super) scrolled: usize,
    pub(super) help: bool,
}

impl Default for Hand {
    fn default() -> Self {
        Self { panel: Panel::Operations, alone: false, sort: Sort::Count, scrolled: 0, help: false }
    }
}

/// A choice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The next panel.
    Next,
    /// The one before.
    Before,
    /// The chosen panel alone on the screen, or with the others again.
    Alone,
    /// Operations by the next column.
    SortRight,
    /// By the one before.
    SortLeft,
    /// Further up a list.
    Up,
    /// Further down.
    Down,
    /// The help, or away with it.
    Help,
}

impl Hand {
    /// Makes a choice. Any but one about the help takes it away.
    pub fn choose(&mut self, step: Step) {
        self.help = step == Step::Help && !self.help;
        match step {
            Step::Next => self.turn(1),
            Step::Before => self.turn(Panel::ALL.len() - 1),
            Step::Alone => self.alone = !self.alone,
            Step::SortRight => self.sort = self.sort.moved(1),
            Step::SortLeft => self.sort = self.sort.moved(Sort::ALL.len() - 1),
            Step::Up => self.scrolled = self.scrolled.saturating_sub(1),
            Step::Down => self.scrolled += 1,
            Step::Help => {}
        }
    }

    fn turn(&mut self, by: usize) {
        let place = Panel::ALL.iter().position(|panel| *panel == self.panel).unwrap_or(0);
        self.panel = Panel::ALL[(place + by) % Panel::ALL.len()];
        self.scrolled = 0;
    }

    /// How far a list of so many lines in a panel with room for so many is scrolled.
    pub(super) fn scroll_of(&self, panel: Panel, lines: usize, room: usize) -> usize {
        if panel == self.panel { self.scrolled.min(lines.saturating_sub(room)) } else { 0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn panels_are_chosen_round_and_round_and_any_choice_takes_the_help_away() {
        let mut hand = Hand::default();
        hand.choose(Step::Help);
        assert!(hand.help);
        hand.choose(Step::Before);
        assert_eq!((hand.panel, hand.help), (Panel::Log, false));
        hand.choose(Step::Next);
        assert_eq!(hand.panel, Panel::Operations);
    }

    #[test]
    fn only_the_chosen_list_is_scrolled_and_not_past_its_end() {
        let mut hand = Hand::default();
        (0..9).for_each(|_| hand.choose(Step::Down));
        assert_eq!(hand.scroll_of(Panel::Operations, 8, 5), 3);
        assert_eq!(hand.scroll_of(Panel::Operations, 3, 5), 0);
        assert_eq!(hand.scroll_of(Panel::Log, 100, 5), 0);
    }
}
