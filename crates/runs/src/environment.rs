//! What computes: this program as it was built, the processor, the machine around it, and the BLAS
//! library.

use crate::text::{count, kibibytes};
use rankone::engine::blas::Library;
use rankone::{Isa, build};
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;
use std::{env, fmt, fs};
use sysinfo::{CpuRefreshKind, MemoryRefreshKind, RefreshKind, System};

/// All that the speed of a run depends on, besides the run.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Environment {
    /// The version of this program.
    pub rankone: &'static str,
    /// The Cargo profile that it was built with.
    pub profile: &'static str,
    /// The target that it was built for.
    pub target: &'static str,
    /// The processor.
    pub cpu: Cpu,
    /// What else is known of the processor and of the system around it, by name; null is what is
    /// not.
    pub machine: BTreeMap<&'static str, Value>,
    /// Those environment variables that change what a BLAS library does, as they are set.
    pub variables: BTreeMap<String, String>,
    /// The library under the products of the engine `blas`.
    pub blas: Library,
}

/// A processor, as far as it tells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Cpu {
    /// Its name.
    pub model: String,
    /// Cores that this program may use.
    pub cores: usize,
    /// Its caches.
    pub caches: Caches,
    /// What the blocked engine's kernels are compiled for.
    pub instruction_sets: InstructionSets,
}

/// Sizes in bytes; `None` where there is no such cache, or none that is told of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Caches {
    /// First level, data.
    pub l1d: Option<usize>,
    /// First level, instructions.
    pub l1i: Option<usize>,
    /// Second level.
    pub l2: Option<usize>,
    /// Third level, shared by cores.
    pub l3: Option<usize>,
}

/// The instruction sets that this CPU has, of those that there are kernels for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct InstructionSets {
    /// All of them, narrowest first.
    pub found: Vec<&'static str>,
    /// The one in use; `None` where one was asked for that is not to be had.
    pub chosen: Option<&'static str>,
}

/// How the names of those variables start.
const BLAS_VARIABLES: [&str; 8] =
    ["OPENBLAS_", "GOTO_", "MKL_", "BLIS_", "OMP_", "GOMP_", "KMP_", "VECLIB_"];

impl Environment {
    /// The environment of this process, now; it computes with the instructions of `isa`, if they
    /// are to be had.
    pub fn here(isa: Option<Isa>) -> Self {
        let changes_blas = |name: &str| BLAS_VARIABLES.iter().any(|start| name.starts_with(start));
        let what = RefreshKind::nothing()
            .with_cpu(CpuRefreshKind::nothing())
            .with_memory(MemoryRefreshKind::nothing().with_ram());
        let system = System::new_with_specifics(what);
        let brand =
            system.cpus().first().map(|cpu| cpu.brand().trim()).filter(|name| !name.is_empty());
        Self {
            rankone: build::VERSION,
            profile: build::PROFILE,
            target: build::TARGET,
            cpu: Cpu {
                model: brand.unwrap_or("unknown").to_owned(),
                cores: std::thread::available_parallelism().map_or(1, usize::from),
                caches: caches(),
                instruction_sets: InstructionSets {
                    found: Isa::available().into_iter().map(Isa::name).collect(),
                    chosen: isa.map(Isa::name),
                },
            },
            machine: machine(&system),
            variables: env::vars().filter(|(name, _)| changes_blas(name)).collect(),
            blas: Library::now(),
        }
    }

    /// Cores' worth of time that this process may use, where there is a limit.
    pub fn cpu_quota(&self) -> Option<f64> {
        self.machine["cpu_quota"].as_f64()
    }
}

fn machine(system: &System) -> BTreeMap<&'static str, Value> {
    let (cpu, is_on) = ("/sys/devices/system/cpu", |text: String| text == "1");
    let boost = told(format!("{cpu}/cpufreq/boost")).map(is_on);
    let no_turbo = || told(format!("{cpu}/intel_pstate/no_turbo")).map(|text| text == "0");
    let node = |entry: &fs::DirEntry| entry.file_name().to_string_lossy().starts_with("node");
    let nodes = fs::read_dir("/sys/devices/system/node").ok();
    let load = System::load_average();
    let vendor = system.cpus().first().map_or("", |cpu| cpu.vendor_id());
    let signature = signature();
    [
        // The design, and the numbers that its maker gives it.
        ("microarchitecture", json!(microarchitecture(vendor, signature))),
        ("family_model_stepping", json!(signature)),
        // Whether a core runs several threads at once.
        ("smt", json!(told(format!("{cpu}/smt/active")).map(is_on))),
        // What chooses the frequency, and whether it may go beyond the nominal one.
        ("governor", json!(told(format!("{cpu}/cpu0/cpufreq/scaling_governor")))),
        ("boost", json!(boost.or_else(no_turbo))),
        ("kernel", json!(System::kernel_long_version())),
        ("memory_bytes", json!(system.total_memory())),
        ("page_bytes", json!(page())),
        ("numa_nodes", json!(nodes.map(|nodes| nodes.flatten().filter(node).count()))),
        ("cpu_quota", cpu_quota()),
        // Processes that ran or wanted to, on average over the last minute; all are 0 where it is
        // not told.
        ("load", json!((load.fifteen > 0.0).then_some(load.one))),
    ]
    .into()
}

impl fmt::Display for Environment {
    /// Writes a table for people, without the last line feed.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { rankone, profile, target, cpu, machine, variables, blas } = self;
        let known = |value: &Option<String>| value.clone().unwrap_or_else(|| "not told".into());
        let Caches { l1d, l1i, l2, l3 } = cpu.caches;
        let levels = [("L1d", l1d), ("L1i", l1i), ("L2", l2), ("L3", l3)].into_iter();
        let levels = levels.filter_map(|(n, size)| Some(format!("{n} {}", kibibytes(size?))));
        let InstructionSets { found, chosen } = &cpu.instruction_sets;
        let (cores, chosen) = (count(cpu.cores, "core"), chosen.unwrap_or("none"));
        write!(f, "{:<25}{rankone}, profile {profile}, {target}", "rankone")?;
        let mut line = |name: &str, value: String| write!(f, "\n{name:<25}{value}");
        line("CPU", format!("{}, {cores}", cpu.model))?;
        line("  caches", known(&levels.reduce(|all, level| format!("{all}, {level}"))))?;
        line("  instruction sets", format!("{}; {chosen} is used", found.join(", ")))?;
        line("machine", machine["kernel"].as_str().unwrap_or("not told").to_owned())?;
        for (name, value) in machine {
            let value = match value {
                Value::Null => "not told".into(),
                Value::String(text) => text.clone(),
                value => value.to_string(),
            };
            line(&format!("  {name}"), value)?;
        }
        line("BLAS", blas.name.to_owned())?;
        if blas.filepath.is_some() {
            let layer = blas.threading_layer.unwrap_or("not told");
            line("  feature", blas.feature.to_owned())?;
            line("  version", known(&blas.version))?;
            line("  kernels for", known(&blas.architecture))?;
            line("  threads", format!("{}, layer {layer}", blas.num_threads))?;
            line("  file", known(&blas.filepath))?;
        }
        let set = variables.iter().map(|(name, value)| format!("{name}={value}"));
        line("  variables", set.reduce(|all, one| all + " " + &one).unwrap_or("none".into()))
    }
}

/// Bytes of a page of memory.
fn page() -> Option<std::ffi::c_long> {
    #[cfg(unix)]
    return nix::unistd::sysconf(nix::unistd::SysconfVar::PAGE_SIZE).ok()?;
    #[cfg(not(unix))]
    None
}

/// The text of a file in which Linux tells something of the machine.
fn told(path: impl AsRef<Path>) -> Option<String> {
    Some(fs::read_to_string(path).ok()?.trim().to_owned())
}

/// Cores' worth of time that the control groups of this process, of either version, may use at
/// most, as Linux has them; `"none"` where there is no limit.
fn cpu_quota() -> Value {
    let quota = |folder: &Path| {
        // "max 100000", or "150000 100000": microseconds of time in each period.
        let text = told(folder.join("cpu.max")).or_else(|| {
            let of = |name: &str| told(folder.join(name));
            Some(format!("{} {}", of("cpu.cfs_quota_us")?, of("cpu.cfs_period_us")?))
        })?;
        let (time, period) = text.split_once(' ')?;
        let (time, period): (f64, f64) = (time.parse().ok()?, period.parse().ok()?);
        Some(time / period).filter(|quota| *quota > 0.0)
    };
    let Some(groups) = told("/proc/self/cgroup") else { return Value::Null };
    // Lines as "0::/path" and "3:cpu,cpuacct:/path"; a limit of a group above holds as well.
    let quotas = groups.lines().filter_map(|line| {
        let [_, controllers, path] = line.splitn(3, ':').collect::<Vec<_>>().try_into().ok()?;
        let root = Path::new("/sys/fs/cgroup").join(controllers);
        let folders = Path::new(path).ancestors();
        let folders = folders.map(|folder| root.join(folder.strip_prefix("/").unwrap_or(folder)));
        folders.filter_map(|folder| quota(&folder)).reduce(f64::min)
    });
    quotas.reduce(f64::min).map_or(json!("none"), |cores| json!(cores))
}

/// The caches of the first processor, as Linux tells of them.
fn caches() -> Caches {
    let cache = |index| {
        let of = |name| told(format!("/sys/devices/system/cpu/cpu0/cache/index{index}/{name}"));
        let kib: usize = of("size")?.strip_suffix('K')?.parse().ok()?;
        Some((of("level")? + &of("type")?, kib << 10))
    };
    let all: BTreeMap<_, _> = (0..).map_while(cache).collect();
    let size = |which: &str| all.get(which).copied();
    Caches {
        l1d: size("1Data"),
        l1i: size("1Instruction"),
        l2: size("2Unified"),
        l3: size("3Unified"),
    }
}

/// Family, model and stepping, the numbers that the maker of an x86 processor gives a design.
fn signature() -> Option<[u8; 3]> {
    let text = told("/proc/cpuinfo")?;
    let number = |name: &str| {
        let values = text.lines().filter_map(|line| line.split_once(':'));
        values
            .filter(|(key, _)| key.trim() == name)
            .find_map(|(_, value)| value.trim().parse().ok())
    };
    Some([number("cpu family")?, number("model")?, number("stepping")?])
}

/// The design that the makers publish these numbers for: those of servers, and the common ones of
/// desktops.
fn microarchitecture(vendor: &str, signature: Option<[u8; 3]>) -> Option<&'static str> {
    Some(match (vendor, signature?) {
        ("AuthenticAMD", [0x17, 0x00..=0x2f, _]) => "Zen",
        ("AuthenticAMD", [0x17, ..]) => "Zen 2",
        ("AuthenticAMD", [0x19, 0x10..=0x1f | 0x60..=0xaf, _]) => "Zen 4",
        ("AuthenticAMD", [0x19, ..]) => "Zen 3",
        ("AuthenticAMD", [0x1a, 0x00..=0x4f | 0x60..=0x7f, _]) => "Zen 5",
        ("GenuineIntel", [6, 0x3c | 0x3f | 0x45 | 0x46, _]) => "Haswell",
        ("GenuineIntel", [6, 0x3d | 0x47 | 0x4f | 0x56, _]) => "Broadwell",
        ("GenuineIntel", [6, 0x55, 0..=4] | [6, 0x4e | 0x5e, _]) => "Skylake",
        ("GenuineIntel", [6, 0x55, 5..=7]) => "Cascade Lake",
        ("GenuineIntel", [6, 0x55, _]) => "Cooper Lake",
        ("GenuineIntel", [6, 0x6a | 0x6c | 0x7d | 0x7e, _]) => "Ice Lake",
        ("GenuineIntel", [6, 0xa7, _]) => "Rocket Lake",
        ("GenuineIntel", [6, 0x8f, _]) => "Sapphire Rapids",
        ("GenuineIntel", [6, 0xcf, _]) => "Emerald Rapids",
        ("GenuineIntel", [6, 0xad | 0xae, _]) => "Granite Rapids",
        _ => return None,
    })
}
