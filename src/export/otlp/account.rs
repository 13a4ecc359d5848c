//! How the sending went.

/// What became of the exports so far.
#[derive(Debug, Default)]
pub(super) struct Account {
    sent: u64,
    failed: u64,
    /// Why the last one failed, if it did, and behind it perhaps a line with a hint.
    last: Option<String>,
    /// What the receiver refused of the last export that it took.
    refused: Option<String>,
}

impl Account {
    /// Takes down one export: what was refused of it, or why it failed.
    pub(super) fn add(&mut self, result: Result<Option<String>, String>) {
        match result {
            Ok(refused) => (self.sent, self.last, self.refused) = (self.sent + 1, None, refused),
            Err(why) => (self.failed, self.last) = (self.failed + 1, Some(why)),
        }
    }

    /// How many did not arrive.
    pub(super) fn failed(&self) -> u64 {
        self.failed
    }

    /// What people should know at the end.
    pub(super) fn told(&self, place: &str) -> Option<String> {
        let (failed, all) = (self.failed, self.sent + self.failed);
        let missed = format!("otlp: {failed} of {all} exports did not reach {place}");
        match (&self.last, &self.refused) {
            (Some(why), _) => Some(format!("{missed}, and the last figures are missing there: {why}")),
            (None, Some(refused)) => Some(format!("otlp: {place} refused {refused}")),
            (None, None) if failed > 0 => Some(format!("{missed}; the last one did, and has all figures")),
            (None, None) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Account;

    #[test]
    fn what_was_missed_is_told_at_the_end_and_whether_it_matters() {
        let mut account = Account::default();
        let told = |account: &Account| account.told("collector:4318");
        account.add(Ok(None));
        assert_eq!(told(&account), None);
        account.add(Err("it answers 503".into()));
        let missing =
            "otlp: 1 of 2 exports did not reach collector:4318, and the last figures are missing there: it answers 503";
        assert_eq!(told(&account).as_deref(), Some(missing));
        account.add(Ok(None));
        let made_up = "otlp: 1 of 3 exports did not reach collector:4318; the last one did, and has all figures";
        assert_eq!(told(&account).as_deref(), Some(made_up));
        account.add(Ok(Some("2 data points: too old".into())));
        assert_eq!(told(&account).as_deref(), Some("otlp: collector:4318 refused 2 data points: too old"));
    }
}
