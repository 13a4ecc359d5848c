//! The parts of every operation's response, as they are put into a record.

use std::collections::BTreeMap;

use super::known::{Statements, known_statements};
use crate::record::{BreakdownRecord, OperationRecord, OperationStatement, Record};

/// Fills in the parts of every operation's response, where a server told anything.
pub(in crate::analysis) fn fill(record: &mut Record) {
    let statements = known_statements(record);
    if statements.values().all(|known| known.server_share.is_none()) {
        return;
    }
    for operation in record.operations.iter_mut().filter(|operation| operation.finished() > 0) {
        operation.breakdown_us = Some(breakdown(operation, &statements));
    }
}

fn breakdown(operation: &OperationRecord, statements: &Statements) -> BreakdownRecord {
    let finished = operation.finished() as f64;
    let (wait, pool, service) = (operation.wait_us.mean, operation.pool_us.mean, operation.service_us.mean);
    // Waiting for a target is a part of the service; clocks that were read a moment apart must not make it more.
    let asked = operation.target_us.min(service);
    let (mut server, mut network) = (0.0, 0.0);
    let mut events: BTreeMap<String, f64> = BTreeMap::new();
    for OperationStatement { target, label, time_us, failed_us, .. } in &operation.statements {
        let Some(known) = statements.get(&(target.clone(), label.clone())) else { continue };
        let Some(share) = known.server_share else { continue };
        let waited_us = time_us.saturating_sub(*failed_us) as f64 / finished;
        let worked_us = waited_us * share;
        server += worked_us;
        network += waited_us - worked_us;
        for (event, share) in &known.events {
            *events.entry(event.clone()).or_default() += worked_us * share;
        }
    }
    // Unfinished operations have asked too, but have no response.
    let fit = if server + network > asked { asked / (server + network) } else { 1.0 };
    events.values_mut().for_each(|us| *us *= fit);
    BreakdownRecord {
        wait,
        pool,
        client: service - asked,
        network: network * fit,
        server: server * fit,
        unattributed: (asked - (network + server) * fit).max(0.0),
        events,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::record::{
        ProfileRecord, ProfileTotal, RowRecord, RowsRecord, SamplerData, SamplerRecord, SourceRecord, StatementRecord,
    };
    use crate::stats::Summary;

    fn sampler(name: &str, data: SamplerData) -> SamplerRecord {
        let name = name.to_owned();
        SamplerRecord { name, period_s: 1.0, samples: 10, failed: 0, took_us: 1, resets: 0, data }
    }

    /// A source that took `server_us` for `update`, met it waiting for a lock `waiting` times, and once computing.
    fn source(server_us: f64, waiting: u64) -> SourceRecord {
        let row = RowRecord {
            names: [("label".to_owned(), "update".to_owned())].into(),
            counters: [("execution_time_us".to_owned(), server_us)].into(),
            ..RowRecord::default()
        };
        let total = |event: &str, count| ProfileTotal { event: event.into(), subject: Some("update".into()), count };
        let profile = ProfileRecord {
            totals: vec![total("Lock:transactionid", waiting), total("CPU", 1), total("idle in transaction", 50)],
            looks: 100,
            until_s: 10.0,
            ..ProfileRecord::default()
        };
        SourceRecord {
            name: "postgres".into(),
            kind: "postgres".into(),
            to_s: 10.0,
            samplers: vec![
                sampler("statements", SamplerData::Rows(RowsRecord { rows: vec![row], left_out: 0 })),
                sampler("activity", SamplerData::Profile(profile)),
            ],
            ..SourceRecord::default()
        }
    }

    fn mean(mean: f64) -> Summary {
        Summary { mean, ..Summary::default() }
    }

    /// 100 operations that wait 1 ms for the pool, and whose service of 10 ms is asking for 9, of these 8 for `update`.
    fn record(server_us: f64, waiting: u64) -> Record {
        let mut record = crate::record::Collector::default().finish(crate::record::Finish::default());
        record.operations = vec![OperationRecord {
            name: "save".into(),
            persona: "p".into(),
            phase: "main".into(),
            succeeded: 100,
            failed: 0,
            unfinished: 0,
            in_time: 100,
            retries: 0,
            rows: 0,
            bytes: 0,
            response_us: mean(11_000.0),
            wait_us: mean(0.0),
            pool_us: mean(1_000.0),
            service_us: mean(10_000.0),
            histogram: String::new(),
            target_us: 9_000.0,
            statements: vec![OperationStatement {
                target: "postgres".into(),
                label: "update".into(),
                count: 200,
                time_us: 800_000,
                failed_us: 0,
            }],
            breakdown_us: None,
        }];
        record.statements = vec![StatementRecord {
            target: "postgres".into(),
            label: "update".into(),
            succeeded: 200,
            failed: 0,
            failed_us: 0,
            rows: 0,
            time_us: mean(4_000.0),
        }];
        record.monitor.sources = vec![source(server_us, waiting)];
        record
    }

    fn filled(server_us: f64, waiting: u64) -> BreakdownRecord {
        let mut record = record(server_us, waiting);
        fill(&mut record);
        record.operations[0].breakdown_us.clone().expect("a server told its time")
    }

    #[test]
    fn the_parts_are_told_apart() {
        let parts = filled(600_000.0, 9);
        let rounded: Vec<_> = parts.parts().iter().map(|(name, us)| (*name, us.round())).collect();
        let expected = [
            ("wait", 0.0),
            ("pool", 1000.0),
            ("client", 1000.0),
            ("network", 2000.0),
            ("server", 6000.0),
            ("unattributed", 1000.0),
        ];
        assert_eq!(rounded, expected);
        assert_eq!(parts.events["Lock:transactionid"].round(), 5400.0);
        assert_eq!(parts.events["CPU"].round(), 600.0);
    }

    #[test]
    fn executions_that_failed_are_neither_the_servers_time_nor_the_networks() {
        let mut record = record(600_000.0, 9);
        // Beside those that succeeded: so many seconds in which ten executions waited for each other, in vain.
        record.operations[0].statements[0].time_us += 3_000_000;
        record.operations[0].statements[0].failed_us = 3_000_000;
        record.operations[0].target_us += 30_000.0;
        record.operations[0].service_us = mean(40_000.0);
        record.operations[0].response_us = mean(41_000.0);
        let statement = &mut record.statements[0];
        (statement.failed, statement.failed_us) = (10, 3_000_000);
        statement.time_us = mean(3_800_000.0 / 210.0);
        fill(&mut record);
        let parts = record.operations[0].breakdown_us.clone().expect("a server told its time");
        assert_eq!((parts.network.round(), parts.server.round()), (2_000.0, 6_000.0));
        assert_eq!(parts.unattributed.round(), 31_000.0);
        assert!(parts.events.is_empty(), "what was met may have been those that failed: {:?}", parts.events);
    }

    #[test]
    fn a_few_sightings_split_nothing() {
        assert!(filled(600_000.0, 2).events.is_empty());
    }

    #[test]
    fn a_commit_that_comes_after_the_statement_is_the_servers_time() {
        let mut record = record(100_000.0, 1);
        let sampler = record.monitor.sources[0].samplers.iter_mut().find(|sampler| sampler.name == "activity");
        let Some(SamplerData::Profile(profile)) = sampler.map(|sampler| &mut sampler.data) else { panic!("activity") };
        // Four of a hundred looks over 10 s: 400 ms.
        let total = |event: &str, count| ProfileTotal { event: event.into(), subject: Some("update".into()), count };
        profile.totals = vec![total("IO:WalSync", 3), total("LWLock:WALWrite", 1), total("CPU", 1)];
        fill(&mut record);
        let parts = record.operations[0].breakdown_us.as_ref().expect("parts");
        assert_eq!((parts.server.round(), parts.network.round()), (5000.0, 3000.0));
    }

    #[test]
    fn a_time_that_was_not_counted_to_the_end_is_no_time() {
        for spoil in [
            |source: &mut SourceRecord| source.partial.push("statements".into()),
            |source: &mut SourceRecord| {
                let SamplerData::Rows(rows) = &mut source.samplers[0].data else { panic!("statements") };
                rows.rows[0].names.insert("counted_anew".into(), "true".into());
            },
        ] {
            let mut record = record(600_000.0, 9);
            spoil(&mut record.monitor.sources[0]);
            fill(&mut record);
            assert_eq!(record.operations[0].breakdown_us, None);
        }
    }

    #[test]
    fn without_a_servers_time_there_are_no_parts() {
        let mut record = record(1.0, 9);
        record.monitor.sources[0].samplers.clear();
        fill(&mut record);
        assert_eq!(record.operations[0].breakdown_us, None);
    }

    proptest! {
        #[test]
        fn the_parts_add_up_whatever_the_server_says(server_us in 0.0f64..1e7, time_us in 0u64..10_000_000, asked in 0.0f64..20_000.0) {
            let mut record = record(server_us, 9);
            record.operations[0].statements[0].time_us = time_us;
            record.operations[0].target_us = asked;
            fill(&mut record);
            let parts = record.operations[0].breakdown_us.clone().expect("a server told its time");
            prop_assert!(parts.parts().iter().all(|(_, us)| *us >= 0.0), "{:?}", parts);
            let sum: f64 = parts.parts().iter().map(|(_, us)| us).sum();
            prop_assert!((sum - record.operations[0].response_us.mean).abs() < 1e-6, "{sum}");
            prop_assert!(parts.events.values().sum::<f64>() <= parts.server + 1e-6);
        }
    }
}
