//! `rescind config`.

use rescind_catalog::{HeldValue, held_by_sample, held_by_team, selected};
use rescind_model::exit;

use crate::args::ConfigArgs;
use crate::failure::Failure;
use crate::machine::Machine;
use crate::output::print;

/// Prints what holds, as YAML, each value with the place that it comes from.
///
/// # Errors
/// Manifests, globs or a team's file that are wrong; a selection that matches nothing.
pub fn config(machine: &Machine, args: &ConfigArgs) -> Result<u8, Failure> {
    let catalog = machine.catalog()?;
    let mut text = String::new();
    match &machine.team {
        Some(place) => {
            text += &format!("# {}\n", place.name.display());
            write_values(&mut text, 0, &held_by_team(place).map_err(Failure::usage)?);
        }
        None => text += "# There is no rescind.yaml at or above this folder: all is built in.\n",
    }
    text += "samples:\n";
    for sample in selected(&catalog, &args.samples.resolved())? {
        let id = &sample.manifest.id;
        text += &format!("  {id}:\n");
        let held = held_by_sample(&machine.places.root, machine.team.as_ref(), sample.manifest);
        write_values(&mut text, 4, &held.map_err(Failure::usage)?);
    }
    print(&text)?;
    Ok(exit::OK)
}

/// Values with common keys above them once.
fn write_values(text: &mut String, indent: usize, values: &[HeldValue]) {
    let mut above: &[String] = &[];
    for HeldValue { path, value, place } in values {
        let Some((key, parents)) = path.split_last() else { continue };
        let common = parents.iter().zip(above).take_while(|(a, b)| a == b).count();
        for (depth, parent) in parents.iter().enumerate().skip(common) {
            *text += &format!("{}{parent}:\n", " ".repeat(indent + 2 * depth));
        }
        above = parents;
        let place = place.as_deref().unwrap_or("default");
        *text += &format!("{}{key}: {value}  # {place}\n", " ".repeat(indent + 2 * parents.len()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_above_several_values_are_written_once() {
        let held = |path: &[&str], place: Option<&str>| HeldValue {
            path: path.iter().map(|key| (*key).to_owned()).collect(),
            value: "1".to_owned(),
            place: place.map(str::to_owned),
        };
        let mut text = String::new();
        let values = [
            held(&["a"], Some("x.yaml:1")),
            held(&["run", "deadline"], None),
            held(&["run", "environment", "B"], Some("y.yaml:2")),
            held(&["run", "environment", "C"], Some("y.yaml:3")),
        ];
        write_values(&mut text, 2, &values);
        insta::assert_snapshot!(text, @"
          a: 1  # x.yaml:1
          run:
            deadline: 1  # default
            environment:
              B: 1  # y.yaml:2
              C: 1  # y.yaml:3
        ");
    }
}
