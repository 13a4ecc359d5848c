//! The Universal Scalability Law, fitted to measured loads: how throughput grows with users, and where it stops to.
//!
//! X(N) = λN / (1 + σ(N − 1) + κN(N − 1)), where λ is what one user does by himself, σ ≥ 0 the share of the work that has to
//! queue (contention), and κ ≥ 0 what users cost each other in pairs (coherence). Source: Gunther, Guerrilla Capacity
//! Planning, 2007, chapters 4 and 5.
//!
//! Fitted by non-linear least squares over the *relative* errors of X, since throughput at 800 users scatters by more operations a
//! second than at 10: with a = 1/λ, b = σ/λ, c = κ/λ that is the minimum of Σ (N/(X·(a + b(N−1) + cN(N−1))) − 1)²,
//! found by Levenberg and Marquardt's method (Marquardt, 1963) from the solution of the linear form. A coefficient that would
//! be negative is held at 0: every choice of coefficients held is tried, and the best one that needs no negative is taken.

/// Loads that are needed: with three coefficients, fewer say nothing of how well they are known.
pub const LEAST_LOADS: usize = 5;

/// Rounds of the search; it takes some ten.
const ROUNDS: usize = 200;

/// The coefficients that may be 0: those of σ and of κ.
const HELD: [[bool; 3]; 4] = [[true, true, true], [true, true, false], [true, false, true], [true, false, false]];

/// A curve through measured loads.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Usl {
    /// λ: operations a second of one user by himself.
    pub lambda: f64,
    /// σ: contention.
    pub sigma: f64,
    /// κ: coherence.
    pub kappa: f64,
    /// The part of the variance of throughput that the curve accounts for: 1 is all of it.
    pub r_squared: f64,
    /// The root of the mean square of the relative errors.
    pub residual: f64,
}

/// Why there is no curve.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum UslError {
    /// Too few loads.
    #[error("a curve needs at least {LEAST_LOADS} different loads, there were {0}")]
    TooFew(usize),
    /// A load under which nothing was done.
    #[error("at {0} users nothing was done")]
    Nothing(f64),
}

/// Fits the law to pairs of users and operations a second.
///
/// # Errors
/// When there are fewer than [`LEAST_LOADS`] different loads, or nothing was done under one.
pub fn usl(loads: &[(f64, f64)]) -> Result<Usl, UslError> {
    let mut users: Vec<f64> = loads.iter().map(|(users, _)| *users).collect();
    users.sort_by(f64::total_cmp);
    users.dedup();
    if users.len() < LEAST_LOADS {
        return Err(UslError::TooFew(users.len()));
    }
    fit(loads)
}

/// As [`usl`], of however many loads: to see what becomes of a curve if one is left out.
pub(super) fn fit(loads: &[(f64, f64)]) -> Result<Usl, UslError> {
    let does_something = |(users, per_s): &&(f64, f64)| *users > 0.0 && *per_s > 0.0 && per_s.is_finite();
    if let Some((users, _)) = loads.iter().find(|load| !does_something(load)) {
        return Err(UslError::Nothing(*users));
    }
    let problem = Problem::new(loads);
    let solutions = HELD.iter().filter_map(|free| problem.solve(free));
    let best = solutions.min_by(|a, b| problem.cost(a).total_cmp(&problem.cost(b)));
    // With σ and κ at 0 there is always one; it needs no search.
    let [a, b, c] = problem.unscaled(best.unwrap_or([problem.cheapest(), 0.0, 0.0]));
    let mut usl = Usl { lambda: 1.0 / a, sigma: b / a, kappa: c / a, r_squared: 0.0, residual: 0.0 };
    usl.residual = (problem.cost(&best.unwrap_or([problem.cheapest(), 0.0, 0.0])) / loads.len() as f64).sqrt();
    usl.r_squared = usl.accounted(loads);
    Ok(usl)
}

impl Usl {
    /// Operations a second of so many users.
    pub fn throughput(&self, users: f64) -> f64 {
        self.lambda * users / (1.0 + self.sigma * (users - 1.0) + self.kappa * users * (users - 1.0))
    }

    /// The users at which throughput is highest, N* = √((1 − σ)/κ); none if it never falls.
    pub fn peak(&self) -> Option<f64> {
        match self.kappa > 0.0 {
            true => Some(((1.0 - self.sigma).max(0.0) / self.kappa).sqrt().max(1.0)),
            false => None,
        }
    }

    /// The users at which each has one operation in `cycle_s` seconds, N = X(N) · cycle; none if it never takes
    /// that long, 0 if it does for one.
    pub fn users_at_cycle(&self, cycle_s: f64) -> Option<f64> {
        // κN² + (σ − κ)N + (1 − σ) = λ · cycle
        let (square, linear) = (self.kappa, self.sigma - self.kappa);
        let rest = self.lambda * cycle_s - (1.0 - self.sigma);
        if self.lambda * cycle_s < 1.0 {
            return Some(0.0);
        }
        // In the form that does not cancel where κ is as good as 0.
        let denominator = linear + (linear * linear + 4.0 * square * rest).max(0.0).sqrt();
        let users = 2.0 * rest / denominator;
        (denominator > 0.0 && users.is_finite()).then_some(users)
    }

    /// The part of the variance that the curve accounts for.
    fn accounted(&self, loads: &[(f64, f64)]) -> f64 {
        let mean = loads.iter().map(|(_, per_s)| per_s).sum::<f64>() / loads.len() as f64;
        let (mut left, mut all) = (0.0, 0.0);
        for (users, per_s) in loads {
            left += (per_s - self.throughput(*users)).powi(2);
            all += (per_s - mean).powi(2);
        }
        if all > 0.0 { 1.0 - left / all } else { 0.0 }
    }
}

/// The least-squares problem, its columns scaled to 1 so that they can be told apart.
struct Problem {
    /// For each load: 1, N − 1 and N(N − 1), by `scale`, times X/N.
    rows: Vec<[f64; 3]>,
    scale: [f64; 3],
}

impl Problem {
    fn new(loads: &[(f64, f64)]) -> Self {
        let terms = |users: f64| [1.0, users - 1.0, users * (users - 1.0)];
        let mut rows: Vec<[f64; 3]> =
            loads.iter().map(|(users, per_s)| terms(*users).map(|term| term * per_s / users)).collect();
        let mut scale = [0.0; 3];
        for (column, scale) in scale.iter_mut().enumerate() {
            *scale = rows.iter().map(|row| row[column]).fold(0.0, f64::max);
            if *scale > 0.0 {
                rows.iter_mut().for_each(|row| row[column] /= *scale);
            }
        }
        Self { rows, scale }
    }

    /// What one user takes for an operation if users do not hinder each other; the root of the mean square is close enough.
    fn cheapest(&self) -> f64 {
        let squares: f64 = self.rows.iter().map(|row| row[0] * row[0]).sum();
        let sum: f64 = self.rows.iter().map(|row| row[0]).sum();
        sum / squares
    }

    fn unscaled(&self, solution: [f64; 3]) -> [f64; 3] {
        std::array::from_fn(|column| if self.scale[column] > 0.0 { solution[column] / self.scale[column] } else { 0.0 })
    }

    /// Predicted by measured throughput, less 1, for each load; none where the curve has no meaning.
    fn errors(&self, solution: &[f64; 3]) -> Option<Vec<f64>> {
        let denominators = self.rows.iter().map(|row| dot(row, solution));
        denominators.map(|denominator| (denominator > 0.0).then(|| 1.0 / denominator - 1.0)).collect()
    }

    fn cost(&self, solution: &[f64; 3]) -> f64 {
        self.errors(solution).map_or(f64::INFINITY, |errors| errors.iter().map(|error| error * error).sum())
    }

    /// The best solution in which only `free` coefficients are not 0; none if one of them would be negative.
    fn solve(&self, free: &[bool; 3]) -> Option<[f64; 3]> {
        let mut solution = [self.cheapest(), 0.0, 0.0];
        // The linear form: denominator · X/N = 1.
        let targets = vec![1.0; self.rows.len()];
        if let Some(linear) = step(&self.rows, &targets, free, 0.0).filter(|linear| self.cost(linear).is_finite()) {
            solution = linear;
        }
        let (mut cost, mut damping) = (self.cost(&solution), 1e-3);
        for _ in 0..ROUNDS {
            let errors = self.errors(&solution)?;
            let slopes: Vec<[f64; 3]> = self
                .rows
                .iter()
                .map(|row| {
                    let denominator = dot(row, &solution);
                    row.map(|term| -term / (denominator * denominator))
                })
                .collect();
            let wanted: Vec<f64> = errors.iter().map(|error| -error).collect();
            let Some(step) = step(&slopes, &wanted, free, damping) else { break };
            let tried: [f64; 3] = std::array::from_fn(|column| solution[column] + step[column]);
            let tried_cost = self.cost(&tried);
            if tried_cost >= cost {
                damping *= 4.0;
                if damping > 1e12 {
                    break;
                }
                continue;
            }
            let gain = (cost - tried_cost) / cost.max(f64::MIN_POSITIVE);
            (solution, cost, damping) = (tried, tried_cost, (damping / 4.0).max(1e-12));
            if gain < 1e-12 {
                break;
            }
        }
        (solution[0] > 0.0 && solution[1] >= 0.0 && solution[2] >= 0.0).then_some(solution)
    }
}

fn dot(a: &[f64; 3], b: &[f64; 3]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// Solves rows · x = targets for the free columns by damped normal equations; none if they cannot be told apart.
fn step(rows: &[[f64; 3]], targets: &[f64], free: &[bool; 3], damping: f64) -> Option<[f64; 3]> {
    let columns: Vec<usize> = (0..3).filter(|column| free[*column]).collect();
    let size = columns.len();
    let mut matrix = vec![vec![0.0; size + 1]; size];
    for (at, &i) in columns.iter().enumerate() {
        for (place, &j) in columns.iter().enumerate() {
            matrix[at][place] = rows.iter().map(|row| row[i] * row[j]).sum();
        }
        matrix[at][size] = rows.iter().zip(targets).map(|(row, target)| row[i] * target).sum();
        matrix[at][at] *= 1.0 + damping;
    }
    let solved = eliminate(matrix)?;
    let mut step = [0.0; 3];
    columns.iter().zip(solved).for_each(|(column, value)| step[*column] = value);
    Some(step)
}

/// Gauss's elimination with pivots, of a matrix with the right side as its last column.
fn eliminate(mut matrix: Vec<Vec<f64>>) -> Option<Vec<f64>> {
    let size = matrix.len();
    for column in 0..size {
        let pivot = (column..size).max_by(|a, b| matrix[*a][column].abs().total_cmp(&matrix[*b][column].abs()))?;
        matrix.swap(column, pivot);
        let top = matrix[column].clone();
        if top[column].abs() < 1e-14 {
            return None;
        }
        for row in (0..size).filter(|row| *row != column) {
            let factor = matrix[row][column] / top[column];
            matrix[row].iter_mut().zip(&top).for_each(|(cell, above)| *cell -= factor * above);
        }
    }
    Some((0..size).map(|row| matrix[row][size] / matrix[row][row]).collect())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const USERS: [f64; 6] = [10.0, 25.0, 50.0, 100.0, 200.0, 400.0];

    fn law(lambda: f64, sigma: f64, kappa: f64) -> Usl {
        Usl { lambda, sigma, kappa, r_squared: 1.0, residual: 0.0 }
    }

    fn loads(law: &Usl) -> Vec<(f64, f64)> {
        USERS.map(|users| (users, law.throughput(users))).to_vec()
    }

    #[test]
    fn the_peak_is_where_the_formula_has_it() {
        let usl = law(10.0, 0.02, 0.0001);
        let peak = usl.peak().expect("throughput falls in the end");
        assert!((peak - (0.98f64 / 0.0001).sqrt()).abs() < 1e-9);
        assert!(usl.throughput(peak) > usl.throughput(peak - 1.0) && usl.throughput(peak) > usl.throughput(peak + 1.0));
        assert_eq!(law(10.0, 0.02, 0.0).peak(), None);
        // Where one user alone is the best, one user is the peak.
        assert_eq!(law(10.0, 1.5, 0.1).peak(), Some(1.0));
    }

    #[test]
    fn users_at_a_cycle_are_where_the_curve_has_it() {
        for usl in [law(10.0, 0.02, 0.0001), law(10.0, 0.02, 0.0), law(10.0, 0.0, 0.0001), law(10.0, 0.001, 0.01)] {
            let users = usl.users_at_cycle(0.5).expect("it takes that long in the end");
            assert!((users / usl.throughput(users) - 0.5).abs() < 1e-9, "{usl:?}: {users}");
        }
        assert_eq!(law(10.0, 0.0, 0.0).users_at_cycle(0.5), None);
        assert_eq!(law(10.0, 0.02, 0.0001).users_at_cycle(0.05), Some(0.0));
    }

    #[test]
    fn fewer_than_five_loads_and_loads_of_nothing_are_refused() {
        let mut few = loads(&law(10.0, 0.02, 0.0001));
        few.truncate(4);
        assert_eq!(usl(&few), Err(UslError::TooFew(4)));
        // The same load again is no other.
        few.extend_from_within(..);
        assert_eq!(usl(&few), Err(UslError::TooFew(4)));
        let mut idle = loads(&law(10.0, 0.02, 0.0001));
        idle[5].1 = 0.0;
        assert_eq!(usl(&idle), Err(UslError::Nothing(400.0)));
        idle[5].1 = f64::NAN;
        assert!(matches!(usl(&idle), Err(UslError::Nothing(_))));
    }

    #[test]
    fn what_grows_faster_than_users_has_neither_contention_nor_coherence() {
        let faster = USERS.map(|users| (users, users.powf(1.2)));
        let usl = usl(&faster).expect("six loads");
        assert_eq!((usl.sigma, usl.kappa), (0.0, 0.0));
        assert!(usl.lambda > 0.0 && usl.residual > 0.05);
    }

    #[test]
    fn the_same_throughput_at_every_load_is_all_contention() {
        let usl = usl(&USERS.map(|users| (users, 500.0))).expect("six loads");
        assert!((usl.throughput(400.0) - 500.0).abs() < 1.0 && (usl.throughput(10.0) - 500.0).abs() < 1.0, "{usl:?}");
        assert!(usl.kappa < 1e-6, "{usl:?}");
    }

    fn close(a: f64, b: f64, by: f64) -> bool {
        (a - b).abs() <= by * b.abs()
    }

    proptest! {
        #[test]
        fn a_law_is_found_again_in_what_it_says(
            lambda in 0.1f64..1000.0, sigma in 0.0001f64..0.3, kappa in 0.000_001f64..0.001
        ) {
            let truth = law(lambda, sigma, kappa);
            let found = usl(&loads(&truth)).unwrap();
            prop_assert!(close(found.lambda, lambda, 1e-4), "{found:?}");
            prop_assert!(close(found.sigma, sigma, 1e-2), "{found:?}");
            prop_assert!(close(found.kappa, kappa, 1e-2), "{found:?}");
            prop_assert!(found.residual < 1e-6 && found.r_squared > 0.999_999, "{found:?}");
        }

        /// Single coefficients are less certain than the curve; within what was measured it must be close.
        #[test]
        fn a_law_is_found_again_under_noise_and_never_negative(
            lambda in 0.1f64..1000.0, sigma in 0.0f64..0.1, kappa in 0.0f64..0.0001,
            noise in prop::collection::vec(-0.03f64..0.03, 6)
        ) {
            let truth = law(lambda, sigma, kappa);
            let noisy: Vec<_> = loads(&truth).iter().zip(&noise).map(|((n, x), by)| (*n, x * (1.0 + by))).collect();
            let found = usl(&noisy).unwrap();
            prop_assert!(found.lambda > 0.0 && found.sigma >= 0.0 && found.kappa >= 0.0, "{found:?}");
            prop_assert!(found.residual <= 0.03, "{found:?}");
            for users in USERS {
                prop_assert!(close(found.throughput(users), truth.throughput(users), 0.08), "{users}: {found:?}");
            }
        }
    }
}
