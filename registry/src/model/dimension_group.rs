//! A set of dimensions closed under their dependencies: what a data ID or a dataset type is defined over.

use std::fmt;
use std::sync::Arc;

use super::universe::Universe;

/// A dimension name that the universe does not have.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("there is no dimension '{name}' in universe {namespace}:{version}")]
pub struct UnknownDimension {
    /// The name that was asked for.
    pub name: String,
    /// Namespace of the universe.
    pub namespace: String,
    /// Version of the universe.
    pub version: i64,
}

/// A set of dimensions of one universe together with everything that they require and imply.
///
/// Invariants: `names` is in the universe's order; `required` and `implied` partition it, each in that order
/// (`lsst/daf/butler/dimensions/_group.py`).
#[derive(Clone)]
pub struct DimensionGroup {
    universe: Arc<Universe>,
    names: Vec<usize>,
    required: Vec<usize>,
    implied: Vec<usize>,
}

impl DimensionGroup {
    /// The smallest group with all the given dimensions.
    pub fn conform<S: AsRef<str>>(
        universe: &Arc<Universe>,
        dimensions: impl IntoIterator<Item = S>,
    ) -> Result<Self, UnknownDimension> {
        let mut todo: Vec<String> = dimensions
            .into_iter()
            .map(|d| d.as_ref().to_owned())
            .collect();
        let mut names: Vec<usize> = Vec::new();
        while let Some(name) = todo.pop() {
            let found = universe
                .index_of(&name)
                .filter(|&i| universe.elements()[i].is_dimension());
            let Some(i) = found else {
                return Err(UnknownDimension {
                    name,
                    namespace: universe.namespace().to_owned(),
                    version: universe.version(),
                });
            };
            if !names.contains(&i) {
                names.push(i);
                let element = &universe.elements()[i];
                todo.extend(element.required.iter().chain(&element.implied).cloned());
            }
        }
        names.sort_unstable();
        let elements = universe.elements();
        let (implied, required) = names.iter().partition(|&&i| {
            let name = &elements[i].name;
            names.iter().any(|&j| elements[j].implied.contains(name))
        });
        Ok(Self {
            universe: Arc::clone(universe),
            names,
            required,
            implied,
        })
    }

    /// The group of no dimensions.
    pub fn empty(universe: &Arc<Universe>) -> Self {
        Self {
            universe: Arc::clone(universe),
            names: Vec::new(),
            required: Vec::new(),
            implied: Vec::new(),
        }
    }

    /// The universe that the dimensions belong to.
    pub fn universe(&self) -> &Arc<Universe> {
        &self.universe
    }

    fn named<'a>(&'a self, indices: &'a [usize]) -> impl Iterator<Item = &'a str> + Clone {
        indices
            .iter()
            .map(|&i| self.universe.elements()[i].name.as_str())
    }

    /// All dimensions in the universe's order.
    pub fn names(&self) -> impl Iterator<Item = &str> + Clone {
        self.named(&self.names)
    }

    /// Dimensions whose values identify the others.
    pub fn required(&self) -> impl Iterator<Item = &str> + Clone {
        self.named(&self.required)
    }

    /// Dimensions whose values follow from the required ones.
    pub fn implied(&self) -> impl Iterator<Item = &str> + Clone {
        self.named(&self.implied)
    }

    /// Number of required dimensions.
    pub fn required_len(&self) -> usize {
        self.required.len()
    }

    /// Keys of a full data coordinate: required, then implied.
    pub fn data_coordinate_keys(&self) -> impl Iterator<Item = &str> + Clone {
        self.required().chain(self.implied())
    }

    /// Names of all elements (combinations too) whose required dimensions are in this group.
    pub fn elements(&self) -> impl Iterator<Item = &str> {
        self.universe
            .elements()
            .iter()
            .filter(|e| e.required.iter().all(|d| self.contains(d)))
            .map(|e| e.name.as_str())
    }

    /// Governor dimensions of this group.
    pub fn governors(&self) -> impl Iterator<Item = &str> {
        self.names
            .iter()
            .map(|&i| &self.universe.elements()[i])
            .filter(|e| e.is_governor())
            .map(|e| e.name.as_str())
    }

    /// Whether the group has no dimension.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// Whether this dimension is in the group.
    pub fn contains(&self, dimension: &str) -> bool {
        self.universe
            .index_of(dimension)
            .is_some_and(|i| self.names.binary_search(&i).is_ok())
    }

    /// Whether all dimensions of this group are in the other.
    pub fn is_subset(&self, other: &Self) -> bool {
        self.names
            .iter()
            .all(|i| other.names.binary_search(i).is_ok())
    }

    /// The order in which records are looked up so that each one's keys are known
    /// (`DimensionGroup.lookup_order` of the reference).
    pub fn lookup_order(&self) -> Vec<&str> {
        fn add<'a>(group: &'a DimensionGroup, name: &'a str, order: &mut Vec<&'a str>) {
            let Some(element) = group.universe.get(name) else {
                return;
            };
            let ready = element
                .required
                .iter()
                .all(|d| *d == element.name || order.contains(&d.as_str()));
            if order.contains(&name) || !ready {
                return;
            }
            order.push(name);
            for other in &element.implied {
                add(group, other, order);
            }
        }
        let mut order: Vec<&str> = Vec::new();
        let mut before = usize::MAX;
        while !self.required().all(|d| order.contains(&d)) && order.len() != before {
            before = order.len();
            for dimension in self.required() {
                add(self, dimension, &mut order);
            }
        }
        let rest: Vec<&str> = self.elements().filter(|e| !order.contains(e)).collect();
        order.extend(rest);
        order
    }
}

impl PartialEq for DimensionGroup {
    fn eq(&self, other: &Self) -> bool {
        self.names == other.names
    }
}

impl Eq for DimensionGroup {}

impl fmt::Display for DimensionGroup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{{{}}}", self.names().collect::<Vec<_>>().join(", "))
    }
}

impl fmt::Debug for DimensionGroup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DimensionGroup({self})")
    }
}
