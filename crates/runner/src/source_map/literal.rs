//! The line of the code that printed a line, told by the texts that stand in it.

use std::sync::LazyLock;

use regex::Regex;

/// Letters and digits that have to be the same, for a likeness that is none by chance.
const LEAST: usize = 6;

/// What stands for something else in a literal, in any of the languages: `{name}` (Python, C#, Rust), `${name}`, `#{name}`,
/// `$name`, `%s`, and what a backslash begins.
static PLACEHOLDER: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let names = r"[$#]?\{[^{}]*\}|\$\([^()]*\)|\$[A-Za-z_]\w*(?:->\w+|\[[^\]]*\])*|\$\d";
    let verbs = r"%[-+ #0]*[\d.*]*(?:l|h|z)*[A-Za-z@]";
    Regex::new(&format!(r"{names}|{verbs}|\\.")).ok()
});

/// The line whose texts are most like what was printed; none if there are none, or several such lines.
pub(super) fn find<'a>(code: impl Iterator<Item = (u32, &'a str)>, printed: &str) -> Option<u32> {
    let mut best: Option<(usize, Option<u32>)> = None;
    for (number, line) in code {
        let likeness: usize = literals(line).iter().map(|literal| likeness(literal, printed)).sum();
        if likeness < LEAST {
            continue;
        }
        match best {
            Some((most, _)) if most > likeness => {}
            Some((most, _)) if most == likeness => best = Some((most, None)),
            _ => best = Some((likeness, Some(number))),
        }
    }
    best?.1
}

/// The texts in a line of code: what stands between quotes, and what a shell prints without any.
fn literals(line: &str) -> Vec<String> {
    let mut found = Vec::new();
    let (mut quote, mut text, mut escaped) = (None, String::new(), false);
    for character in line.chars() {
        match quote {
            None if matches!(character, '"' | '\'' | '`') => quote = Some(character),
            None => {}
            Some(_) if escaped => {
                text.push(character);
                escaped = false;
            }
            Some(open) if character == open => {
                found.push(std::mem::take(&mut text));
                quote = None;
            }
            Some(_) => {
                text.push(character);
                escaped = character == '\\';
            }
        }
    }
    // An apostrophe is no quote, and neither is what another line closes.
    if quote.is_some() && !text.is_empty() {
        found.push(text);
    }
    let bare = line.trim_start();
    let bare = bare.strip_prefix("echo ").or_else(|| bare.strip_prefix("printf "));
    found.extend(bare.filter(|text| !text.contains(['"', '\''])).map(str::to_owned));
    found
}

/// How many letters and digits a literal and a printed line have in common, if the line can come of it: all that is fixed in the
/// literal stands in the line, in order.
fn likeness(literal: &str, printed: &str) -> usize {
    let Some(placeholder) = &*PLACEHOLDER else { return 0 };
    let (mut rest, mut common) = (printed, 0);
    for piece in placeholder.split(literal) {
        let Some((_, after)) = rest.split_once(piece) else { return 0 };
        rest = after;
        common += piece.chars().filter(|it| it.is_alphanumeric()).count();
    }
    common
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(code: &str, printed: &str) -> Option<u32> {
        find((1..).zip(code.lines()), printed)
    }

    #[test]
    fn each_languages_print_is_found() {
        let printed = "Backup b1 was cancelled.";
        for print in [
            r#"print(f"Backup {backup.id} was cancelled.")"#,
            r#"print("Backup {} was cancelled.".format(name))"#,
            r"console.log(`Backup ${id} was cancelled.`);",
            r#"fmt.Fprintf(w, "Backup %s was cancelled.\n", name)"#,
            r#"System.out.printf("Backup %s was cancelled.%n", id);"#,
            r#"Console.WriteLine($"Backup {backup.Name} was cancelled.");"#,
            r#"std::cout << "Backup " << id << " was cancelled.\n";"#,
            r#"println!("Backup {id} was cancelled.");"#,
            r"printf('Backup %s was cancelled.' . PHP_EOL, $id);",
            r##"puts "Backup #{id} was cancelled.""##,
            r#"echo "Backup $id was cancelled.""#,
            r"echo Backup ${id} was cancelled.",
        ] {
            let code = format!("open()\nprint('Creating backup')\n{print}\nclose()\n");
            assert_eq!(found(&code, printed), Some(3), "{print}");
        }
    }

    #[test]
    fn two_lines_that_are_alike_are_none_and_the_more_alike_of_two_is_it() {
        let twice = "print('Backup cancelled.')\nif x:\n  print('Backup cancelled.')\n";
        assert_eq!(found(twice, "Backup cancelled."), None);
        let two = "print('Backup')\nprint('Backup cancelled.')\nprint('cancelled.')\n";
        assert_eq!(found(two, "Backup cancelled."), Some(2));
    }

    #[test]
    fn what_is_alike_by_chance_is_not_found() {
        for code in ["print('no')", "print(error)", "x = \"b1\"", "# don't", ""] {
            assert_eq!(found(code, "Backup b1 was cancelled: no"), None, "{code}");
        }
    }
}
