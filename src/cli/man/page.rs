//! The manual page of a verb: its help, with a section for each heading.

use std::io::{self, Write};

use clap::Command;

use crate::render::roff;

/// The name of a page: `bytewright-tar-list`.
pub(super) fn name(command: &Command) -> String {
    let name = command.get_bin_name().unwrap_or(command.get_name());
    name.replace(' ', "-")
}

/// The page of a command of the tool.
pub(super) fn of(command: &Command, root: &Command) -> io::Result<Vec<u8>> {
    let after = command.get_after_long_help().or(command.get_after_help());
    let after = after.map(ToString::to_string).unwrap_or_default();
    let is_root = std::ptr::eq(command, root);
    let man = clap_mangen::Man::new(command.clone()).title(name(command));
    let mut page = Vec::new();
    man.render_title(&mut page)?;
    let about = command.get_about().map(ToString::to_string);
    writeln!(page, ".SH NAME")?;
    let about = about.unwrap_or_default();
    writeln!(page, "{} \\- {}", name(command), roff::escaped(&about))?;
    man.render_synopsis_section(&mut page)?;
    if command.get_arguments().next().is_some() {
        man.render_options_section(&mut page)?;
    }
    let mut verbs = command
        .get_subcommands()
        .filter(|verb| !verb.is_hide_set() && verb.get_name() != "help")
        .peekable();
    if verbs.peek().is_some() {
        writeln!(page, ".SH VERBS")?;
        for verb in verbs {
            let about = verb.get_about().map(ToString::to_string);
            let about = about.unwrap_or_default();
            writeln!(page, ".TP\n\\fB{}\\fR(1)", roff::escaped(&name(verb)))?;
            writeln!(page, "{}", roff::escaped(&about))?;
        }
    }
    sections(&after, &mut page)?;
    let mut others = vec!["bytewright-language(7)".to_owned()];
    if !is_root {
        others.insert(0, "bytewright(1)".to_owned());
    }
    writeln!(page, ".SH \"SEE ALSO\"\n{}", others.join(", "))?;
    Ok(page)
}

/// The sections after the options: prose, the exit status, examples.
fn sections(after: &str, page: &mut Vec<u8>) -> io::Result<()> {
    let mut current = "";
    for paragraph in after.split("\n\n").filter(|text| !text.trim().is_empty()) {
        if let Some(examples) = paragraph.strip_prefix("Examples:\n") {
            writeln!(page, ".SH EXAMPLES")?;
            roff::verbatim(examples, page)?;
            continue;
        }
        let (heading, text) = match paragraph.strip_prefix("Exit status: ") {
            Some(status) => ("EXIT STATUS", status),
            None => ("NOTES", paragraph),
        };
        match heading == current {
            true => writeln!(page, ".PP")?,
            false => writeln!(page, ".SH \"{heading}\"")?,
        }
        current = heading;
        roff::text(text, page)?;
    }
    Ok(())
}
