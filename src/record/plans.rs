//! Plans of statements.

use serde::{Deserialize, Serialize};

/// That plans were asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExplainRecord {
    /// From how long a slowest execution on, in µs, the plan of a statement was wanted; 0 for all.
    pub over_us: u64,
    /// Statements whose plan was wanted and for which there was no room or no time.
    pub left_out: u64,
}

/// How the server carries out one labelled statement.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct PlanRecord {
    /// The target's name.
    pub target: String,
    /// The statement's label.
    pub label: String,
    /// How long the slowest execution took that was seen, from whose parameters the plan was made, in µs.
    pub slowest_us: u64,
    /// What these parameters are: kinds and lengths, or values if those were asked for.
    pub parameters: Vec<String>,
    /// When the plan was taken, in seconds of the run's clock.
    pub at_s: f64,
    /// Its root; none if there is no plan, see `note`.
    pub plan: Option<PlanNode>,
    /// How long the server planned, in µs, if the statement was run for its plan.
    pub planning_us: Option<f64>,
    /// How long the server ran it then, in µs.
    pub execution_us: Option<f64>,
    /// Why there is no plan, or why the statement was not run for it.
    pub note: Option<String>,
    /// What became of its plan while the run went on; none if it stayed the same.
    pub change: Option<PlanChange>,
}

/// Two plans for the same parameters.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlanChange {
    /// When the statement had first been seen, in seconds of the run's clock.
    pub from_s: f64,
    /// Its plan then.
    pub from: PlanNode,
    /// When the load was over.
    pub to_s: f64,
    /// Its plan then.
    pub to: PlanNode,
}

/// A step of a plan, and those that it rests on.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct PlanNode {
    /// What is done: `Index Scan`, `Hash Left Join`, `Update`.
    pub node: String,
    /// What it is for, where it is not simply the input of the step above: `InitPlan 1`, `CTE recent`.
    pub part: Option<String>,
    /// The table, function or common table expression.
    pub relation: Option<String>,
    /// The index.
    pub index: Option<String>,
    /// Conditions and keys.
    pub conditions: Vec<Condition>,
    /// What the planner took it to cost to the last row, in its own units.
    pub cost: f64,
    /// How many rows it expected, each time.
    pub rows: f64,
    /// What happened, if the statement was run for its plan.
    pub actual: Option<ActualRecord>,
    /// The steps it rests on.
    pub inputs: Vec<PlanNode>,
}

/// A condition or the keys of a step.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Condition {
    /// Which, in the server's words: `Index Cond`, `Filter`, `Sort Key`.
    pub kind: String,
    /// What it says, with `?` for constants unless values were asked for.
    pub text: String,
}

/// What happened at a step.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ActualRecord {
    /// Rows it gave, in the mean of all times.
    pub rows: f64,
    /// How often it was carried out.
    pub loops: f64,
    /// Time of all times, with what it rests on, in µs.
    pub time_us: f64,
    /// Rows it read and did not give, of all times.
    pub rows_removed: f64,
    /// Blocks found in shared buffers, with what it rests on.
    pub blocks_hit: u64,
    /// Blocks that were not.
    pub blocks_read: u64,
    /// Blocks of temporary files read and written.
    pub temp_blocks: u64,
    /// How it sorted, and where: `external merge, 4,096 kB on disk`.
    pub sort: Option<String>,
}

impl PlanNode {
    /// This step and all below it, each with its depth, as they are read.
    pub fn steps(&self) -> Vec<(usize, &PlanNode)> {
        let mut steps = Vec::new();
        let mut open = vec![(0, self)];
        while let Some((depth, node)) = open.pop() {
            steps.push((depth, node));
            open.extend(node.inputs.iter().rev().map(|input| (depth + 1, input)));
        }
        steps
    }

    /// What is done, on what, by which index.
    pub fn title(&self) -> String {
        let index = self.index.as_ref().map(|index| format!(" using {index}")).unwrap_or_default();
        let relation = self.relation.as_ref().map(|relation| format!(" on {relation}")).unwrap_or_default();
        format!("{}{index}{relation}", self.node)
    }

    /// What makes it this plan and no other: steps, tables and indexes, but neither costs nor conditions.
    pub fn shape(&self) -> String {
        if self.inputs.is_empty() {
            return self.title();
        }
        let inputs: Vec<String> = self.inputs.iter().map(Self::shape).collect();
        format!("{} ({})", self.title(), inputs.join(", "))
    }
}

impl PlanRecord {
    /// How often its tables are read from end to end.
    pub fn scans(&self) -> Vec<&PlanNode> {
        let steps = self.plan.iter().flat_map(PlanNode::steps);
        steps.map(|(_, node)| node).filter(|node| node.node.ends_with("Seq Scan")).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(node: &str, relation: Option<&str>, inputs: Vec<PlanNode>) -> PlanNode {
        PlanNode { node: node.into(), relation: relation.map(str::to_owned), inputs, ..PlanNode::default() }
    }

    #[test]
    fn a_shape_tells_steps_tables_and_indexes_but_no_costs() {
        let mut scan = node("Index Scan", Some("bank"), vec![]);
        scan.index = Some("bank_pkey".into());
        let join = node("Nested Loop", None, vec![scan.clone(), node("Seq Scan", Some("notes"), vec![])]);
        assert_eq!(join.shape(), "Nested Loop (Index Scan using bank_pkey on bank, Seq Scan on notes)");
        let dearer = PlanNode { cost: 7.0, ..join.clone() };
        assert_eq!(dearer.shape(), join.shape());
        let depths: Vec<_> = join.steps().iter().map(|(depth, node)| (*depth, node.node.as_str())).collect();
        assert_eq!(depths, [(0, "Nested Loop"), (1, "Index Scan"), (1, "Seq Scan")]);
    }
}
