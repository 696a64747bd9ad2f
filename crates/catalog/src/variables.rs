//! Which of the user's environment variables a sample's toolchain may see.

/// Variables by their names, or by how their names begin.
///
/// No name is among them that begins as the keys to a real service do, whatever the manifest says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Variables(Vec<String>);

/// How the names begin of what never reaches a toolchain: keys to a real service.
const CREDENTIALS: [&str; 3] = ["GOOGLE_", "GCLOUD_", "GCE_"];

impl Variables {
    /// These names; one that ends in `*` stands for all that begin so.
    pub fn new<T: Into<String>>(names: impl IntoIterator<Item = T>) -> Variables {
        Variables(names.into_iter().map(Into::into).collect())
    }

    /// The names, as they were written.
    pub fn names(&self) -> &[String] {
        &self.0
    }

    /// True if a variable of this name is among them.
    pub fn include(&self, name: &str) -> bool {
        let is = |wanted: &String| match wanted.strip_suffix('*') {
            Some(beginning) => name.starts_with(beginning),
            None => name == wanted,
        };
        !is_credential(name) && self.0.iter().any(is)
    }

    /// Why a text cannot be listed.
    ///
    /// # Errors
    /// It is no name of a variable, or one that is never handed on.
    pub(crate) fn check(text: &str) -> Result<(), String> {
        let name = text.strip_suffix('*').unwrap_or(text);
        let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        if !is_name {
            return Err(format!(
                "`{text}` is not a name of an environment variable, nor the beginning of names such as `PIP_*`"
            ));
        }
        if is_credential(name) {
            return Err(format!("`{text}` never reaches a toolchain: it can be a key to a real service"));
        }
        Ok(())
    }
}

fn is_credential(name: &str) -> bool {
    CREDENTIALS.iter().any(|beginning| name.starts_with(beginning))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_beginnings_are_told_apart_and_keys_are_never_among_them() {
        let variables = Variables::new(["CC", "GO*"]);
        let included = |name| variables.include(name);
        assert!(included("CC") && included("GOPROXY") && included("GO"));
        assert!(!included("CCACHE") && !included("cc") && !included("PATH"));
        assert!(!included("GOOGLE_APPLICATION_CREDENTIALS"));
    }

    #[test]
    fn what_cannot_be_listed_says_why() {
        assert_eq!(Variables::check("RestoreSources"), Ok(()));
        assert_eq!(Variables::check("PIP_*"), Ok(()));
        for text in ["", "*", "A=B", "A*B", "1A", "GOOGLE_CLOUD_PROJECT", "GCE_*"] {
            assert!(Variables::check(text).is_err(), "{text}");
        }
    }
}
