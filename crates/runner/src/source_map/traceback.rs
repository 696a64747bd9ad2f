//! The line of the published code that a traceback names.

use std::path::Path;

use regex::Regex;

/// Stands for the folder of the project in a text. No program prints it.
const WORK: &str = "\u{1}";

/// Finds mentions of the lines of one file, as the runtimes of languages write them.
#[derive(Debug)]
pub(super) struct Tracebacks {
    mention: Option<Regex>,
    /// What a line with a mention must hold besides: in Java, where a frame has the bare name of the file, the package.
    package: Option<String>,
    /// The folder of the project, as it may be written.
    work: Vec<String>,
    innermost_is_last: bool,
}

impl Tracebacks {
    /// Those of a file of a project, with its content.
    pub(super) fn of(file: &Path, text: &str, work: &Path) -> Tracebacks {
        let extension = file.extension().and_then(|it| it.to_str()).unwrap_or_default();
        let is_shell = matches!(extension, "sh" | "bash");
        let path = regex::escape(&file.to_string_lossy());
        // Python, Node.js and others as well, C#, bash, PHP's errors, PHP's frames; dash writes a blank.
        let behind = r#"(?:", line |:line |: line | on line |:|\()"#;
        let behind = if is_shell { format!("(?:: |{behind})") } else { behind.to_owned() };
        let own = format!(r#"(?:{WORK}/(?:\./)?|(?:^|[\s"'(])(?:\./)?){path}"#);
        let name = file.file_name().map(|name| regex::escape(&name.to_string_lossy())).unwrap_or_default();
        let is_java = matches!(extension, "java" | "kt" | "scala");
        let own = if is_java { format!(r"(?:{own}|\({name})") } else { own };
        let mut folders = vec![work.display().to_string()];
        folders.extend(work.canonicalize().ok().map(|work| work.display().to_string()));
        folders.dedup();
        Tracebacks {
            mention: Regex::new(&format!(r"{own}{behind}(?P<line>\d{{1,7}})\b")).ok(),
            package: if is_java { package(text) } else { None },
            work: folders.iter().map(|folder| format!("{folder}/")).collect(),
            innermost_is_last: is_shell || extension == "py",
        }
    }

    /// The lines of the file that a text names, the one where it happened first.
    pub(super) fn lines(&self, text: &str) -> Vec<u32> {
        let Some(mention) = &self.mention else { return Vec::new() };
        let mut text = text.to_owned();
        for folder in &self.work {
            text = text.replace(folder.as_str(), &format!("{WORK}/"));
        }
        let is_own =
            |line: &&str| self.package.as_ref().is_none_or(|package| line.contains(package.as_str()));
        let mut lines: Vec<u32> = text
            .lines()
            .filter(is_own)
            .filter_map(|line| mention.captures(line)?.name("line")?.as_str().parse().ok())
            .collect();
        if self.innermost_is_last {
            lines.reverse();
        }
        lines
    }
}

/// The package of a file in Java, with the dot that follows it in the names of its classes.
fn package(text: &str) -> Option<String> {
    let declared = text.lines().find_map(|line| line.trim().strip_prefix("package "))?;
    let name = declared.split(';').next()?.trim();
    (!name.is_empty()).then(|| format!("{name}."))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(file: &str, text: &str) -> Vec<u32> {
        Tracebacks::of(Path::new(file), "package com.example.spanner;\n", Path::new("/w w/project"))
            .lines(text)
    }

    #[test]
    fn each_runtimes_traceback_names_its_lines_the_innermost_first() {
        let python = "Traceback (most recent call last):\n  File \"/w w/project/main.py\", line 9, in <module>\n    \
                      cancel()\n  File \"/w w/project/cancel.py\", line 30, in cancel\n    operation.result()\n  \
                      File \"/w w/project/cancel.py\", line 12, in wait\n  File \"/lib/grpc/cancel.py\", line 7, in f\n";
        assert_eq!(lines("cancel.py", python), [12, 30]);
        let nodejs = "/w w/project/cancel.js:12\n    throw error;\n    ^\n\nError: 5 NOT_FOUND\n    at call \
                      (/cache/node_modules/grpc/cancel.js:3:4)\n    at async run (/w w/project/cancel.js:30:5)\n    \
                      at file:///w w/project/cancel.js:31:2\n";
        assert_eq!(lines("cancel.js", nodejs), [12, 30, 31]);
        let java = "Exception in thread \"main\" com.google.api.gax.rpc.NotFoundException: no\n\tat \
                    com.google.cloud.spanner.Cancel.run(Cancel.java:7)\n\tat \
                    com.example.spanner.Cancel.cancel(Cancel.java:40)\n\tat com.example.spanner.Main.main(Main.java:3)\n";
        assert_eq!(lines("src/main/java/com/example/spanner/Cancel.java", java), [40]);
        let go = "panic: runtime error: invalid memory address\n\ngoroutine 1 [running]:\nmain.cancel(...)\n\t\
                  /w w/project/cancel.go:21 +0x1d\nmain.main()\n\t/w w/project/main.go:9 +0x2\n";
        assert_eq!(lines("cancel.go", go), [21]);
        let ruby = "cancel.rb:12:in 'cancel': no backup (RuntimeError)\n\tfrom /w w/project/cancel.rb:30:in '<main>'\n";
        assert_eq!(lines("cancel.rb", ruby), [12, 30]);
        let php = "PHP Fatal error:  Uncaught Exception: no in /cache/vendor/x/cancel.php:3\nStack trace:\n\
                   #0 /w w/project/cancel.php(30): f()\n#1 {main}\n  thrown in /w w/project/cancel.php on line 31\n";
        assert_eq!(lines("cancel.php", php), [30, 31]);
        let csharp = "Unhandled exception. Grpc.Core.RpcException: no\n   at Grpc.Call() in /_/src/Call.cs:line 4\n   \
                      at Cancel.Run() in /w w/project/Cancel.cs:line 18\n";
        assert_eq!(lines("Cancel.cs", csharp), [18]);
        let cpp = "cancel: /w w/project/cancel.cc:12: int main(): Assertion `ok' failed.\n";
        assert_eq!(lines("cancel.cc", cpp), [12]);
        let rust = "thread 'main' panicked at src/cancel.rs:12:5:\nno\n   3: f\n             at ./src/cancel.rs:40:9\n";
        assert_eq!(lines("src/cancel.rs", rust), [12, 40]);
        let bash = "cancel.sh: line 3: foo: command not found\n/w w/project/cancel.sh: line 9: bar: command not found\n";
        assert_eq!(lines("cancel.sh", bash), [9, 3]);
        assert_eq!(lines("cancel.sh", "cancel.sh: 7: curl: not found\n"), [7]);
    }

    #[test]
    fn other_files_and_other_texts_name_none() {
        for text in [
            "  File \"/usr/lib/cancel.py\", line 7, in f",
            "notcancel.py:3",
            "cancel.pyc:3",
            "cancel.py: 3 backups",
            "vendor/cancel.py:3",
            "cancel.py:99999999999",
        ] {
            assert_eq!(lines("cancel.py", text), [0; 0], "{text}");
        }
    }
}
