//! The pools of one worker: whose they are, how large, and what they are called.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use super::error::Thrown;
use super::random::Stream;
use super::user::User;
use crate::drivers::{Connector, Failure, Pool, PoolStatus, http, postgres, redis};
use crate::plan::Plan;
use crate::plan::target::{PoolPlan, PoolSharing, PostgresTarget};

/// The pools of one worker: made when first used, shared as each target's plan says.
pub struct Pools {
    plan: Arc<Plan>,
    /// How many connections this worker may open, by target name.
    sizes: RefCell<HashMap<String, usize>>,
    /// What connects to each PostgreSQL, for all its pools, so that what users broke off is known when theirs are gone.
    connectors: RefCell<HashMap<String, postgres::Connector>>,
    postgres: Made<postgres::Connector>,
    redis: Made<redis::Connector>,
    http: Made<http::Connector>,
    /// What pools did that are gone with the users who had them to themselves, by target and kind.
    retired: RefCell<HashMap<(String, &'static str), PoolStatus>>,
}

/// The pools of one kind of target.
type Made<C> = RefCell<HashMap<PoolKey, Rc<Pool<C>>>>;

/// A target and who shares the pool: a persona, a user, or all.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct PoolKey {
    target: String,
    persona: Option<usize>,
    user: Option<u64>,
}

impl PoolKey {
    fn new(target: &str, plan: &PoolPlan, user: &User) -> Self {
        let (persona, user) = match plan.sharing {
            PoolSharing::Shared => (None, None),
            PoolSharing::Persona => (Some(user.persona), None),
            PoolSharing::User => (Some(user.persona), Some(user.number)),
        };
        Self { target: target.to_owned(), persona, user }
    }

    /// The name under which waits for its connections are counted: one for all pools of users' own.
    fn label(&self, plan: &Plan) -> String {
        match self.persona.filter(|_| self.user.is_none()).and_then(|persona| plan.personas.get(persona)) {
            Some(persona) => format!("{}:{}", self.target, persona.name),
            None => self.target.clone(),
        }
    }
}

/// A pool with what the report needs to know of it.
pub struct NamedPool<P> {
    /// The target's name.
    pub target: String,
    /// The persona whose own it is.
    pub persona: Option<usize>,
    /// The name that it has in the recorder's waits.
    pub label: String,
    /// The pool.
    pub pool: Rc<P>,
}

impl Pools {
    /// The pools of a worker that may open `sizes` connections by target.
    pub fn new(plan: Arc<Plan>, sizes: HashMap<String, usize>) -> Self {
        let sizes = RefCell::new(sizes);
        let (postgres, redis, http) = (RefCell::default(), RefCell::default(), RefCell::default());
        Self { plan, sizes, connectors: RefCell::default(), postgres, redis, http, retired: RefCell::default() }
    }

    fn size(&self, target: &str, plan: &PoolPlan) -> usize {
        match plan.sharing {
            PoolSharing::User => 1,
            PoolSharing::Shared | PoolSharing::Persona => self.sizes.borrow().get(target).copied().unwrap_or(1).max(1),
        }
    }

    /// Has the pools of a PostgreSQL, those to come too, hold at most `size` connections each; pools of users' own stay.
    pub fn limit_postgres(&self, target: &str, size: usize) {
        self.sizes.borrow_mut().insert(target.to_owned(), size);
        let pools = self.postgres.borrow();
        let shared = pools.iter().filter(|(key, _)| key.target == target && key.user.is_none());
        shared.for_each(|(_, pool)| pool.resize(size));
    }

    /// Closes connections that nobody uses at the moment.
    pub fn close_idle(&self) {
        fn close_idle<C: Connector>(made: &Made<C>) {
            made.borrow().values().for_each(|pool| pool.close_idle());
        }
        close_idle(&self.postgres);
        close_idle(&self.redis);
    }

    /// Says farewell to the servers, and has them stop what users broke off.
    pub async fn close(&self) {
        close(&self.postgres).await;
        close(&self.redis).await;
        close(&self.http).await;
        let connectors: Vec<_> = self.connectors.borrow().values().cloned().collect();
        for connector in connectors {
            connector.settled().await;
        }
    }

    /// The pool through which `user` reaches PostgreSQL target `name`.
    pub fn postgres(&self, name: &str, user: &User) -> Result<Rc<postgres::Pool>, Thrown> {
        let target = self.plan.targets.postgres.get(name).ok_or_else(|| unknown_target("PostgreSQL", name))?;
        self.pool(&self.postgres, PoolKey::new(name, &target.pool, user), &target.pool, |label, size| {
            Ok(self.connector(name, target)?.pool(label, &target.pool, size))
        })
    }

    fn connector(&self, name: &str, target: &PostgresTarget) -> Result<postgres::Connector, Failure> {
        if let Some(connector) = self.connectors.borrow().get(name) {
            return Ok(connector.clone());
        }
        let connector = postgres::Connector::new(target, &self.plan.limits)?;
        self.connectors.borrow_mut().insert(name.to_owned(), connector.clone());
        Ok(connector)
    }

    /// The pool through which `user` reaches Redis target `name`.
    pub fn redis(&self, name: &str, user: &User) -> Result<Rc<redis::Pool>, Thrown> {
        let target = self.plan.targets.redis.get(name).ok_or_else(|| unknown_target("Redis", name))?;
        self.pool(&self.redis, PoolKey::new(name, &target.pool, user), &target.pool, |label, size| {
            redis::Pool::new(label, target, size, &self.plan.limits)
        })
    }

    /// The pool through which `user` reaches HTTP target `name`.
    pub fn http(&self, name: &str, user: &User) -> Result<Rc<http::Pool>, Thrown> {
        let target = self.plan.targets.http.get(name).ok_or_else(|| unknown_target("HTTP", name))?;
        self.pool(&self.http, PoolKey::new(name, &target.pool, user), &target.pool, |label, size| {
            http::Pool::new(label, target, size, &self.plan.limits)
        })
    }

    /// The pool of `key`, made by `make` with its label and size when it is first asked for.
    fn pool<C: Connector>(
        &self,
        pools: &Made<C>,
        key: PoolKey,
        plan: &PoolPlan,
        make: impl FnOnce(&str, usize) -> Result<Pool<C>, Failure>,
    ) -> Result<Rc<Pool<C>>, Thrown> {
        if let Some(pool) = pools.borrow().get(&key) {
            return Ok(pool.clone());
        }
        let pool = Rc::new(make(&key.label(&self.plan), self.size(&key.target, plan))?);
        pools.borrow_mut().insert(key, pool.clone());
        Ok(pool)
    }

    /// Opens the connections of the pools that all users share, so that no user meets the cost of the first one.
    ///
    /// # Errors
    /// The first connection that can't be made, such as one more than the server allows.
    pub async fn fill(&self) -> Result<(), Thrown> {
        let anybody = User::new(0, 0, Stream::numbered(0, 0));
        let shared = |plan: &PoolPlan| plan.sharing == PoolSharing::Shared;
        for (name, _) in self.plan.targets.postgres.iter().filter(|(_, target)| shared(&target.pool)) {
            self.postgres(name, &anybody)?.fill().await?;
        }
        for (name, _) in self.plan.targets.redis.iter().filter(|(_, target)| shared(&target.pool)) {
            self.redis(name, &anybody)?.fill().await?;
        }
        for (name, _) in self.plan.targets.http.iter().filter(|(_, target)| shared(&target.pool)) {
            self.http(name, &anybody)?.fill().await?;
        }
        Ok(())
    }

    /// All PostgreSQL pools so far.
    pub fn all_postgres(&self) -> Vec<NamedPool<postgres::Pool>> {
        named(&self.plan, &self.postgres)
    }

    /// All Redis pools so far.
    pub fn all_redis(&self) -> Vec<NamedPool<redis::Pool>> {
        named(&self.plan, &self.redis)
    }

    /// All HTTP pools so far.
    pub fn all_http(&self) -> Vec<NamedPool<http::Pool>> {
        named(&self.plan, &self.http)
    }

    /// What pools did that are gone: target, kind, counters.
    pub fn retired(&self) -> Vec<(String, &'static str, PoolStatus)> {
        let retired = self.retired.borrow();
        retired.iter().map(|((target, kind), status)| (target.clone(), *kind, *status)).collect()
    }

    /// Closes the connections that only `user` had.
    pub fn release(&self, user: &User) {
        let own = |key: &PoolKey| key.user == Some(user.number) && key.persona == Some(user.persona);
        self.postgres.borrow_mut().retain(|key, pool| !own(key) || self.retire(key, "postgres", pool.status()));
        self.redis.borrow_mut().retain(|key, pool| !own(key) || self.retire(key, "redis", pool.status()));
        self.http.borrow_mut().retain(|key, pool| !own(key) || self.retire(key, "http", pool.status()));
    }

    /// Keeps a pool's counters; false, since the pool is not kept.
    fn retire(&self, key: &PoolKey, kind: &'static str, status: PoolStatus) -> bool {
        let mut retired = self.retired.borrow_mut();
        let sum = retired.entry((key.target.clone(), kind)).or_default();
        sum.waited += status.waited;
        sum.connects += status.connects;
        sum.reconnects += status.reconnects;
        sum.connect_failures += status.connect_failures;
        false
    }
}

fn named<C: Connector>(plan: &Plan, pools: &Made<C>) -> Vec<NamedPool<Pool<C>>> {
    let pool = |(key, pool): (&PoolKey, &Rc<Pool<C>>)| NamedPool {
        target: key.target.clone(),
        persona: key.persona.filter(|_| key.user.is_none()),
        label: key.label(plan),
        pool: pool.clone(),
    };
    pools.borrow().iter().map(pool).collect()
}

async fn close<C: Connector>(pools: &Made<C>) {
    let pools: Vec<_> = pools.borrow().values().cloned().collect();
    for pool in pools {
        pool.close().await;
    }
}

fn unknown_target(kind: &str, name: &str) -> Thrown {
    Thrown::misuse_with(
        format!("the scenario has no {kind} target `{name}`"),
        format!("declare it: `needs = {{ {name} = \"{}\" }}`", kind.to_lowercase()),
    )
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn users_share_a_pool_as_the_plan_says() {
        for (sharing, pools) in [(PoolSharing::Shared, 1), (PoolSharing::Persona, 2), (PoolSharing::User, 3)] {
            let plan = PoolPlan { sharing, ..PoolPlan::default() };
            let users =
                [(0, 0), (1, 0), (0, 1)].map(|(number, persona)| User::new(number, persona, Stream::numbered(0, 0)));
            let keys: HashSet<PoolKey> = users.iter().map(|user| PoolKey::new("postgres", &plan, user)).collect();
            assert_eq!(keys.len(), pools, "{sharing:?}");
        }
    }
}
