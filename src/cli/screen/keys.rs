//! What each key does.

use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

use crate::engine::Order;
use crate::plan::load::By;
use crate::report::screen::Step;

/// What a key asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    /// Something of the run.
    Steer(Order),
    /// The end of it.
    Stop,
    /// To see something else.
    See(Step),
}

/// How much more or less `+` and `-` ask for, in percent.
const TENTH: i8 = 10;

/// What a key asks for, if anything.
pub fn wish(key: KeyEvent) -> Option<Wish> {
    if key.kind == KeyEventKind::Release {
        return None;
    }
    let control = key.modifiers.contains(KeyModifiers::CONTROL);
    Some(match key.code {
        KeyCode::Char('c') if control => Wish::Stop,
        _ if control => return None,
        KeyCode::Char('q') | KeyCode::Esc => Wish::Stop,
        KeyCode::Char('p' | ' ') => Wish::Steer(Order::PauseOrResume),
        // `=` is `+` without the shift that many keyboards want for it.
        KeyCode::Char('+' | '=') => Wish::Steer(Order::Change(By::Percent(TENTH))),
        KeyCode::Char('-') => Wish::Steer(Order::Change(By::Percent(-TENTH))),
        KeyCode::Char(']') => Wish::Steer(Order::Change(By::Ones(1))),
        KeyCode::Char('[') => Wish::Steer(Order::Change(By::Ones(-1))),
        KeyCode::Char('?' | 'h') => Wish::See(Step::Help),
        KeyCode::Tab => Wish::See(Step::Next),
        KeyCode::BackTab => Wish::See(Step::Before),
        KeyCode::Enter => Wish::See(Step::Alone),
        KeyCode::Right => Wish::See(Step::SortRight),
        KeyCode::Left => Wish::See(Step::SortLeft),
        KeyCode::Up => Wish::See(Step::Up),
        KeyCode::Down => Wish::See(Step::Down),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_steer_stop_and_choose() {
        let plain = |code| wish(KeyEvent::new(code, KeyModifiers::NONE));
        assert_eq!(plain(KeyCode::Char('p')), Some(Wish::Steer(Order::PauseOrResume)));
        assert_eq!(plain(KeyCode::Char('-')), Some(Wish::Steer(Order::Change(By::Percent(-10)))));
        assert_eq!(plain(KeyCode::Char(']')), Some(Wish::Steer(Order::Change(By::Ones(1)))));
        for code in [KeyCode::Esc, KeyCode::Char('q')] {
            assert_eq!(plain(code), Some(Wish::Stop));
        }
        assert_eq!(wish(KeyEvent::new(KeyCode::Char('c'), KeyModifiers::CONTROL)), Some(Wish::Stop));
        assert_eq!(wish(KeyEvent::new(KeyCode::Char('p'), KeyModifiers::CONTROL)), None);
        assert_eq!(plain(KeyCode::Char('c')), None);
    }
}
