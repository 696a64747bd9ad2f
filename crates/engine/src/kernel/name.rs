//! Names of resources: what their parts are, and which ids are allowed.
//!
//! Names are read from the request as they are needed; a name that is malformed is an INVALID_ARGUMENT with the text
//! of the vendor's emulator for Spanner (frontend/common/uris.cc): `Invalid database uri: ...`.

/// The id of the project in a name, if it has one.
pub fn project(name: &str) -> Option<&str> {
    let rest = name.strip_prefix("projects/")?;
    Some(&rest[..rest.find('/').unwrap_or(rest.len())]).filter(|id| !id.is_empty())
}

/// True for what can be the id of a project of any of the services: of Google's, `my-project` or `example.com:my-project`, or
/// of Huawei's, 32 hexadecimal digits.
pub fn is_project_id(id: &str) -> bool {
    id.starts_with(|c: char| c.is_ascii_alphanumeric())
        && id.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | ':'))
}

/// The ids in a name that consists of these collections, in this order, and of nothing else.
pub fn ids<'a, const N: usize>(name: &'a str, collections: [&str; N]) -> Option<[&'a str; N]> {
    let mut parts = name.split('/');
    let mut ids = [""; N];
    for (collection, id) in collections.iter().zip(&mut ids) {
        if parts.next() != Some(collection) {
            return None;
        }
        *id = parts.next().filter(|id| !id.is_empty())?;
    }
    parts.next().is_none().then_some(ids)
}

/// The functions that read the names of a service's resources: documentation, function, what errors call the resource,
/// the collections in its name, how many ids that makes.
macro_rules! names {
    ($($(#[$doc:meta])* $function:ident, $kind:literal, [$($collection:literal),+] -> $count:literal;)+) => {$(
        $(#[$doc])*
        ///
        /// # Errors
        /// INVALID_ARGUMENT for any other form.
        pub fn $function(name: &str) -> Result<[&str; $count], $crate::kernel::status::Status> {
            $crate::kernel::name::ids(name, [$($collection),+]).ok_or_else(|| {
                let message = format!(concat!("Invalid ", $kind, " uri: {}"), name);
                $crate::kernel::status::Status::new(::rescind_model::Code::InvalidArgument, message)
            })
        }
    )+};
}
pub(crate) use names;

/// True for an id `[a-z][a-z0-9_\-]*[a-z0-9]` of at most so many characters, and of at least two: the form that
/// databases, backups and backup schedules share.
pub fn is_id(id: &str, longest: usize) -> bool {
    let inner = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '-');
    (2..=longest).contains(&id.len())
        && id.starts_with(|c: char| c.is_ascii_lowercase())
        && id.ends_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit())
        && id.chars().all(inner)
}

/// True for an id `[a-z][-a-z0-9]*[a-z0-9]`: the form that instances, their configurations and partitions share.
pub fn is_dashed_id(id: &str, longest: usize) -> bool {
    is_id(id, longest) && !id.contains('_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_project_is_the_first_id() {
        assert_eq!(project("projects/google.com:p/instances/i"), Some("google.com:p"));
        assert_eq!(project("projects/p"), Some("p"));
        assert_eq!(project("projects/"), None);
    }

    #[test]
    fn ids_begin_with_a_letter_and_end_with_a_letter_or_digit() {
        for id in ["ab", "a1", "a-b_c-9", &"a".repeat(60)] {
            assert!(is_id(id, 60), "{id}");
        }
        for id in ["", "a", "Ab", "1a", "a-", "a_", "a b", "ä1", &"a".repeat(61)] {
            assert!(!is_id(id, 60), "{id}");
        }
    }
}
