//! Pools and the LAN as maps: each address is a place, and what it is for is written on it.

use super::topology::holder;
use crate::addresses::{Address, AddressRange, AddressSet, address};
use crate::facts::Facts;
use crate::resolve::{AddressSource, Pool, Resolved};
use serde::Serialize;
use std::collections::BTreeMap;

/// Every map.
#[derive(Serialize)]
pub struct Addresses {
    pub maps: Vec<Map>,
    /// Whether they are few enough to be all open.
    pub open: bool,
    /// What the letters mean: class, letter, words.
    pub legend: Vec<Words>,
}

/// A map, and the same as a table.
#[derive(Serialize)]
pub struct Map {
    pub title: String,
    pub about: String,
    /// What there is of each kind, in words.
    pub summary: String,
    pub width: usize,
    pub height: usize,
    /// Nothing when there are too many addresses to draw.
    pub rows: Vec<Strip>,
    pub table: Vec<[String; 3]>,
}

/// A line of the map.
#[derive(Serialize)]
pub struct Strip {
    pub y: usize,
    pub height: usize,
    pub label: String,
    pub runs: Vec<Run>,
}

/// Neighbours of one kind; with room enough, each is alone and wears its last number.
#[derive(Serialize)]
pub struct Run {
    pub x: usize,
    pub width: usize,
    pub class: &'static str,
    pub letter: &'static str,
    pub text: String,
    pub title: String,
}

/// What an address is for; of several the first that holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Class {
    Pinned,
    Locked,
    New,
    Machine,
    Gateway,
    Dhcp,
    Reserved,
    Pool,
    Free,
}

/// How one kind of address is shown: class in the style, letter on the map, words of the legend, words behind a number.
type Words = (&'static str, &'static str, &'static str, &'static str);

impl Class {
    const ALL: [Class; 9] = [
        Class::Pinned,
        Class::Locked,
        Class::New,
        Class::Machine,
        Class::Gateway,
        Class::Dhcp,
        Class::Reserved,
        Class::Pool,
        Class::Free,
    ];

    fn words(self) -> Words {
        match self {
            Class::Pinned => ("pinned", "P", "pinned by the plan", "pinned"),
            Class::Locked => ("locked", "L", "kept by the lock", "kept by the lock"),
            Class::New => ("new", "N", "new, not in the lock yet", "new"),
            Class::Machine => ("machine", "M", "a machine", "of machines"),
            Class::Gateway => ("gateway", "G", "the gateway", "of the gateway"),
            Class::Dhcp => ("dhcp", "D", "given out by DHCP", "for DHCP"),
            Class::Reserved => ("reserved", "R", "reserved", "reserved"),
            Class::Pool => ("inpool", "a", "free in a pool", "free in a pool"),
            Class::Free => ("free", "", "free", "free"),
        }
    }
}

/// A map of more addresses is a table only, and one of more than `LARGE` merges neighbours into one box.
const MOST: u128 = 4096;
const LARGE: u128 = 256;

struct Known {
    held: BTreeMap<Address, (Class, String)>,
    machines: BTreeMap<Address, String>,
    gateways: Vec<Address>,
    dhcp: AddressSet,
    reserved: AddressSet,
}

pub fn addresses(facts: &Facts<'_>) -> Addresses {
    let resolved = &facts.resolved;
    let known = known(resolved);
    let mut maps: Vec<Map> = resolved.pools.iter().map(|pool| of_pool(resolved, &known, pool)).collect();
    let (mut pools, mut excluded) = (AddressSet::new(), AddressSet::new());
    for pool in &resolved.pools {
        pool.ranges.iter().for_each(|range| pools.insert(*range));
        excluded = excluded.union(&pool.excluded);
    }
    for cidr in &resolved.lan.cidrs {
        let range = AddressRange::new(cidr.first(), cidr.last());
        let Ok(range) = range else { continue };
        let class = |ip: Address| match classify(&known, ip, &excluded) {
            (Class::Free, about) if pools.contains(ip) => (Class::Pool, about),
            found => found,
        };
        let mut table: Vec<[String; 3]> = (known.machines.iter())
            .filter(|(ip, _)| cidr.contains(**ip))
            .map(|(ip, name)| [ip.to_string(), name.clone(), "a machine".to_owned()])
            .collect();
        let ranges = |set: &[AddressRange], words: &str| -> Vec<[String; 3]> {
            set.iter().map(|range| [range.to_string(), String::new(), words.to_owned()]).collect()
        };
        table.extend(ranges(&resolved.lan.dhcp, "given out by DHCP"));
        table.extend(ranges(&resolved.lan.reserved, "reserved"));
        table.extend(
            resolved.lan.gateways.iter().map(|ip| [ip.to_string(), String::new(), "the gateway".to_owned()]),
        );
        maps.push(map(format!("LAN {cidr}"), "the physical network".to_owned(), &[range], &class, table));
    }
    let legend = Class::ALL.map(Class::words).to_vec();
    Addresses { open: maps.len() <= 6, maps, legend }
}

fn known(resolved: &Resolved<'_>) -> Known {
    let held = resolved.addresses.iter().map(|assigned| {
        let class = match assigned.source {
            AddressSource::Pinned => Class::Pinned,
            AddressSource::Locked => Class::Locked,
            AddressSource::New => Class::New,
        };
        (assigned.address, class, holder(resolved, assigned))
    });
    let mut by_address: BTreeMap<Address, (Class, String)> = BTreeMap::new();
    for (ip, class, holder) in held {
        // Services that share an address are named together.
        by_address
            .entry(ip)
            .and_modify(|(_, all)| *all = format!("{all}, {holder}"))
            .or_insert((class, holder));
    }
    let set = |ranges: &[AddressRange]| {
        let mut set = AddressSet::new();
        ranges.iter().for_each(|range| set.insert(*range));
        set
    };
    let machines = resolved.hosts.iter();
    Known {
        held: by_address,
        machines: machines
            .flat_map(|host| host.addresses.iter().map(|ip| (*ip, host.name.to_owned())))
            .collect(),
        gateways: resolved.lan.gateways.clone(),
        dhcp: set(&resolved.lan.dhcp),
        reserved: set(&resolved.lan.reserved),
    }
}

fn classify(known: &Known, ip: Address, excluded: &AddressSet) -> (Class, String) {
    if let Some((class, holder)) = known.held.get(&ip) {
        return (*class, holder.clone());
    }
    if let Some(name) = known.machines.get(&ip) {
        return (Class::Machine, name.clone());
    }
    let class = match () {
        () if known.gateways.contains(&ip) => Class::Gateway,
        () if excluded.contains(ip) || known.reserved.contains(ip) => Class::Reserved,
        () if known.dhcp.contains(ip) => Class::Dhcp,
        () => Class::Free,
    };
    (class, String::new())
}

fn of_pool(resolved: &Resolved<'_>, known: &Known, pool: &Pool<'_>) -> Map {
    let own = resolved.addresses.iter().filter(|assigned| assigned.pool == Some(pool.id));
    let table = own.map(|assigned| {
        let words = known.held.get(&assigned.address).map_or("", |(class, _)| class.words().2);
        [assigned.address.to_string(), holder(resolved, assigned), words.to_owned()]
    });
    let table = table.collect();
    let ranges: Vec<String> = pool.ranges.iter().map(ToString::to_string).collect();
    let about = format!("{} in cluster {}", ranges.join(", "), resolved.cluster(pool.cluster).name);
    let class = |ip: Address| classify(known, ip, &pool.excluded);
    map(format!("Pool {}", pool.name), about, &pool.ranges, &class, table)
}

fn map(
    title: String,
    about: String,
    ranges: &[AddressRange],
    class: &dyn Fn(Address) -> (Class, String),
    table: Vec<[String; 3]>,
) -> Map {
    let size: u128 = ranges.iter().map(AddressRange::size).fold(0, u128::saturating_add);
    if size > MOST {
        let listed = match table.len() {
            0 => "none is in use".to_owned(),
            1 => "the one in use is listed below".to_owned(),
            count => format!("{count} are listed below"),
        };
        let summary = format!("{size} addresses, too many to draw; {listed}");
        return Map { title, about, summary, width: 0, height: 0, rows: Vec::new(), table };
    }
    let (columns, wide, high) = if size <= LARGE { (16, 52, 40) } else { (64, 13, 14) };
    let label = 130;
    let mut rows: Vec<Strip> = Vec::new();
    let mut counts: BTreeMap<Class, usize> = BTreeMap::new();
    for range in ranges {
        let mut next = Some(range.first());
        let mut line: Option<u128> = None;
        while let Some(ip) = next.filter(|ip| range.contains(*ip)) {
            let number = address::number(ip);
            let (found, holder) = class(ip);
            *counts.entry(found).or_default() += 1;
            // A line begins at a round number, so that an address is found where one looks for it.
            if line != Some(number / columns) {
                line = Some(number / columns);
                let (y, label) = (rows.len() * (high + 4), ip.to_string());
                rows.push(Strip { y, height: high, label, runs: Vec::new() });
            }
            let strip = rows.last_mut().expect("broken promise: a line was begun");
            let x = label + usize::try_from(number % columns).unwrap_or_default() * (wide + 2);
            add(strip, x, wide, found, ip, &holder, size <= LARGE);
            next = address::next(ip);
        }
    }
    let summary: Vec<String> = std::iter::once(format!("{size} addresses"))
        .chain(counts.iter().map(|(class, count)| format!("{count} {}", class.words().3)))
        .collect();
    let width = label + usize::try_from(columns).unwrap_or_default() * (wide + 2);
    Map { title, about, summary: summary.join(", "), width, height: rows.len() * (high + 4), rows, table }
}

fn add(strip: &mut Strip, x: usize, wide: usize, class: Class, ip: Address, holder: &str, single: bool) {
    let (style, letter, words, _) = class.words();
    let of = if holder.is_empty() { String::new() } else { format!(" {holder},") };
    // What has a holder stands alone, so that it can be asked for its name.
    if let Some(last) = strip.runs.last_mut()
        && !single
        && holder.is_empty()
        && last.class == style
        && last.text.is_empty()
        && last.x + last.width + 2 == x
    {
        last.width += wide + 2;
        let first = last.title.split([' ', '-']).next().unwrap_or_default().to_owned();
        last.title = format!("{first} - {ip} {words}");
        return;
    }
    let text = match single {
        true => ip.to_string().rsplit(['.', ':']).next().unwrap_or_default().to_owned(),
        false => String::new(),
    };
    strip.runs.push(Run { x, width: wide, class: style, letter, text, title: format!("{ip}{of} {words}") });
}
