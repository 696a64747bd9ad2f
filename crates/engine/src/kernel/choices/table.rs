//! What a table of choices is made of.

/// A table of choices.
pub trait Table: Clone + Default + Send + Sync + 'static {
    /// Its rows, in their order.
    const ROWS: &'static [Row<Self>];
}

/// A service that decides nothing by itself.
impl Table for () {
    const ROWS: &'static [Row<()>] = &[];
}

/// One choice of a table `T`.
pub struct Row<T> {
    /// Its name, `cancel-restore`.
    pub name: &'static str,
    /// What is chosen, and what is published about it.
    pub about: &'static str,
    /// The values that it can have, in words.
    pub form: &'static str,
    /// The value in a table, as a text.
    pub show: fn(&T) -> String,
    /// Gives it another value; false if it cannot have this one.
    pub set: fn(&mut T, &str) -> bool,
}

/// One choice, as options and documents tell it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Switch {
    /// Its name, `cancel-restore`.
    pub name: &'static str,
    /// What is chosen, and what is published about it.
    pub about: &'static str,
    /// The values that it can have, in words.
    pub form: &'static str,
    /// The value that it has.
    pub value: String,
}

/// The choices of a table.
pub fn switches<T: Table>(table: &T) -> Vec<Switch> {
    let switch = |row: &Row<T>| {
        let Row { name, about, form, show, .. } = *row;
        Switch { name, about, form, value: show(table) }
    };
    T::ROWS.iter().map(switch).collect()
}

/// Gives the choice of this name another value; none if the table has no such choice.
///
/// # Errors
/// The choice cannot have this value: the values that it can have, in words.
pub fn set<T: Table>(table: &mut T, name: &str, value: &str) -> Option<Result<(), &'static str>> {
    let row = T::ROWS.iter().find(|row| row.name == name)?;
    Some(if (row.set)(table, value) { Ok(()) } else { Err(row.form) })
}

/// The rows of a table: documentation, name, field, type, value. The documentation is also what the switch says.
macro_rules! choices {
    (
        $(#[doc = $about:literal])+
        pub struct $type:ident {$(
            $(#[doc = $doc:literal])+
            $name:literal $field:ident: $value:ty = $default:expr;
        )+}
    ) => {
        $(#[doc = $about])+
        #[derive(Clone, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        pub struct $type {
            $($(#[doc = $doc])+ pub $field: $value,)+
        }

        impl Default for $type {
            fn default() -> $type {
                $type { $($field: $default,)+ }
            }
        }

        impl $crate::kernel::choices::Table for $type {
            const ROWS: &'static [$crate::kernel::choices::Row<$type>] = &[$($crate::kernel::choices::Row {
                name: $name,
                about: concat!($($doc),+),
                form: <$value as $crate::kernel::choices::ChoiceValue>::FORM,
                show: |choices| $crate::kernel::choices::ChoiceValue::write(&choices.$field),
                set: |choices, text| match $crate::kernel::choices::ChoiceValue::read(text) {
                    Some(value) => {
                        choices.$field = value;
                        true
                    }
                    None => false,
                },
            },)+];
        }
    };
}
pub(crate) use choices;
