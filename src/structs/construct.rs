//! A format string becomes a [`Struct`], and a condition an expression.

use std::sync::Arc;

use smol_str::SmolStr;

#[cfg(feature = "records")]
use super::ast::Expression;
use super::compile;
#[cfg(feature = "records")]
use super::error::Fault;
use super::flat::{Flat, LazyPlan};
use super::{FormatError, Formats, Struct, ast, grammar, layout, python, whole};

impl Struct {
    /// Compiles a format of the whole language, without references to other formats.
    ///
    /// # Errors
    ///
    /// When the format is wrong; the error points into it.
    pub fn new(format: &str) -> Result<Struct, FormatError> {
        if let Some(flat) = Struct::flat(format) {
            return Ok(flat);
        }
        let parsed = grammar::parse(format).map_err(|fault| fault.in_format(format))?;
        Struct::compile(format, &parsed, &Formats::default(), &[])
    }

    /// Compiles a format that may refer to others by `%name`.
    ///
    /// ```
    /// use bytewright::{Formats, Struct};
    ///
    /// let formats = Formats::from_iter([("rgb", "B:red B:green B:blue")]);
    /// let pair = Struct::with_formats("%rgb:ink %rgb:paper", &formats)?;
    /// assert_eq!(pair.size(), Some(6));
    /// # Ok::<(), bytewright::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// When the format, or one it refers to, is wrong, unknown, or contains itself.
    pub fn with_formats(format: &str, formats: &Formats) -> Result<Struct, FormatError> {
        if let Some(flat) = Struct::flat(format) {
            return Ok(flat);
        }
        let parsed = grammar::parse(format).map_err(|fault| fault.in_format(format))?;
        Struct::compile(format, &parsed, formats, &[])
    }

    /// The same for a stored format that takes parameters, which are names too.
    pub(crate) fn with_parameters(
        format: &str,
        formats: &Formats,
        parameters: &[String],
    ) -> Result<Struct, FormatError> {
        let parsed = grammar::parse(format).map_err(|fault| fault.in_format(format))?;
        Struct::compile(format, &parsed, formats, parameters)
    }

    /// Compiles a format that Python's `struct` accepts, and refuses all that it refuses.
    ///
    /// ```
    /// use bytewright::Struct;
    ///
    /// assert!(Struct::python("<I").is_ok());
    /// assert!(Struct::python("<I:size").is_err());
    /// ```
    ///
    /// # Errors
    ///
    /// When the format is none of Python's; the error points into it.
    pub fn python(format: &str) -> Result<Struct, FormatError> {
        if let Some(flat) = Struct::flat(format) {
            return Ok(flat);
        }
        let parsed = grammar::parse(format).map_err(|fault| fault.in_format(format))?;
        python::check(format, &parsed).map_err(|fault| fault.in_format(format))?;
        Struct::compile(format, &parsed, &Formats::default(), &[])
    }

    /// A format of Python's codes alone, compiled in one pass without a tree.
    fn flat(format: &str) -> Option<Struct> {
        let flat = Flat::compile(format)?;
        Some(Struct {
            format: SmolStr::new(format),
            size: Some(flat.size()),
            plan: LazyPlan::of(flat),
            whole: None,
            is_lenient: false,
        })
    }

    pub(super) fn compile(
        text: &str,
        parsed: &ast::Format<'_>,
        formats: &Formats,
        parameters: &[String],
    ) -> Result<Struct, FormatError> {
        let Some(plan) = compile::compile(text, parsed, formats)? else {
            let (program, references) = whole::build(text, parsed, formats, parameters)?;
            let plan = compile::Plan {
                references,
                ..compile::flat(Vec::new())
            };
            return Ok(Struct {
                format: SmolStr::new(text),
                plan: LazyPlan::without_places(plan),
                size: None,
                whole: Some(Arc::new(program)),
                is_lenient: false,
            });
        };
        Ok(Struct {
            format: SmolStr::new(text),
            size: layout::size(&plan.body),
            plan: plan.into(),
            whole: None,
            is_lenient: false,
        })
    }
}

/// A condition over the fields of a record, as `records --where` has it.
#[cfg(feature = "records")]
pub(crate) fn condition(text: &str) -> Result<Expression, FormatError> {
    grammar::parse_condition(text).map_err(|fault| fault.in_format(text))
}

/// An error that points into a condition.
#[cfg(feature = "records")]
pub(crate) fn condition_error(
    text: &str,
    at: &Expression,
    message: impl Into<String>,
    label: impl Into<String>,
) -> FormatError {
    let span = at.span.0 as usize..at.span.1 as usize;
    Fault::new(span, message.into(), label.into()).in_format(text)
}
