//! What queries cost in this process: for each line of standard input, `{"tree": ..., "spec": ..., "repeat": N}`, executes the
//! query N times and answers with rows, CPU and wall milliseconds of one execution. `bench/latency` asks the Python Butler the same.
//!
//!     cargo run --release --example query_latency -- REPO < queries.jsonl

use std::io::{BufRead, Write};
use std::time::Instant;

use pantry_registry::Registry;
use pantry_registry::config::{ButlerConfig, Environment, RegistryConfig};
use pantry_registry::database::Access;
use pantry_registry::query::execute::{QueryInputs, execute};
use pantry_registry::query::tree::json;
use serde_json::Value;

/// As the program `pantry` has it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let repo = std::env::args().nth(1).ok_or("which repository?")?;
    let environment = Environment::from_process();
    let config = ButlerConfig::load(&repo, &[], &environment)?;
    let registry = RegistryConfig::of(&config, &environment)?;
    let mut registry = Registry::open(&registry, &environment, Access::ReadOnly)?;
    for line in std::io::stdin().lock().lines() {
        let request: Value = serde_json::from_str(&line?)?;
        let universe = registry.universe().clone();
        let repeat = request["repeat"].as_u64().unwrap_or(1).max(1);
        let mut rows = 0_u64;
        let (start, cpu) = (Instant::now(), cpu_milliseconds()?);
        for _ in 0..repeat {
            let tree = json::tree_from_json(&request["tree"], &universe)?;
            let spec = json::spec_from_json(&request["spec"], &universe)?;
            execute(&mut registry, &tree, &spec, &QueryInputs::default(), |_| {
                rows += 1;
                Ok(true)
            })?;
        }
        let each = |total: f64| total / repeat as f64;
        println!(
            "{}",
            serde_json::json!({
                "rows": rows / repeat,
                "cpu_ms": each(cpu_milliseconds()? - cpu),
                "wall_ms": each(start.elapsed().as_secs_f64() * 1000.0),
            })
        );
        std::io::stdout().flush()?;
    }
    Ok(())
}

/// User and system time of all threads so far, as the kernel counts it: in hundredths of a second.
fn cpu_milliseconds() -> Result<f64, Failure> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    let fields = stat.rsplit_once(')').ok_or("/proc/self/stat")?.1;
    let ticks = |i: usize| {
        fields
            .split_whitespace()
            .nth(i)
            .and_then(|t| t.parse::<f64>().ok())
    };
    match (ticks(11), ticks(12)) {
        (Some(user), Some(system)) => Ok((user + system) * 10.0),
        _ => Err("/proc/self/stat has no times".into()),
    }
}
