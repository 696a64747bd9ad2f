//! From the text of a filter to its expression, by recursive descent.

use super::expression::{Expression, FilterError};
use super::value::{Kind, Literal, Operator};

/// How deep parentheses and `NOT` may nest, so that no text exhausts the stack.
const DEEPEST: usize = 64;

pub(super) fn parse(
    text: &str,
    kind: &dyn Fn(&str) -> Option<Kind>,
) -> Result<Option<Expression>, FilterError> {
    let mut parser = Parser { text, at: 0, depth: 0, kind };
    if parser.peek().is_none() {
        return Ok(None);
    }
    let expression = parser.all()?;
    match parser.peek() {
        None => Ok(Some(expression)),
        Some(_) => Err(parser.error("`)` without `(`")),
    }
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
    kind: &'a dyn Fn(&str) -> Option<Kind>,
}

impl<'a> Parser<'a> {
    /// `any [AND] any [AND] ...`
    fn all(&mut self) -> Result<Expression, FilterError> {
        let mut parts = vec![self.any()?];
        loop {
            let and = self.keyword("AND");
            if !and && matches!(self.peek(), None | Some(')')) {
                break;
            }
            parts.push(self.any()?);
        }
        Ok(single(parts, Expression::All))
    }

    /// `unary OR unary OR ...`
    fn any(&mut self) -> Result<Expression, FilterError> {
        let mut parts = vec![self.unary()?];
        while self.keyword("OR") {
            parts.push(self.unary()?);
        }
        Ok(single(parts, Expression::Any))
    }

    fn unary(&mut self) -> Result<Expression, FilterError> {
        if self.depth == DEEPEST {
            return Err(self.error("nested too deeply"));
        }
        self.depth += 1;
        let expression = if self.keyword("NOT") {
            Expression::Not(Box::new(self.unary()?))
        } else if self.peek() == Some('(') {
            self.at += 1;
            let inner = self.all()?;
            if self.peek() != Some(')') {
                return Err(self.error("`)` is missing"));
            }
            self.at += 1;
            inner
        } else {
            self.comparison()?
        };
        self.depth -= 1;
        Ok(expression)
    }

    fn comparison(&mut self) -> Result<Expression, FilterError> {
        self.peek();
        let start = self.at;
        let name = self.word();
        let keyword = ["AND", "OR", "NOT"].iter().any(|keyword| name.eq_ignore_ascii_case(keyword));
        if name.is_empty() || keyword {
            self.at = start;
            return Err(self.error("a comparison must stand here"));
        }
        let Some(operator) = self.operator() else {
            return Err(self.error(&format!("an operator must follow `{name}`")));
        };
        let field = name.to_ascii_lowercase();
        let Some(kind) = (self.kind)(&field) else {
            self.at = start;
            return Err(self.error(&format!("`{name}` cannot be filtered by")));
        };
        self.peek();
        let start = self.at;
        let literal = Literal::new(self.value()?, kind).map_err(|message| {
            self.at = start;
            self.error(&message)
        })?;
        Ok(Expression::Compare { field, operator, literal })
    }

    fn operator(&mut self) -> Option<Operator> {
        const OPERATORS: [(&str, Operator); 7] = [
            ("<=", Operator::LessOrEqual),
            (">=", Operator::GreaterOrEqual),
            ("!=", Operator::NotEqual),
            ("<", Operator::Less),
            (">", Operator::Greater),
            ("=", Operator::Equal),
            (":", Operator::Has),
        ];
        self.peek();
        let (text, operator) = OPERATORS.into_iter().find(|(text, _)| self.rest().starts_with(text))?;
        self.at += text.len();
        Some(operator)
    }

    /// A quoted text, in which `\` takes the next character as it is, or all up to a blank or a parenthesis: resource
    /// names and times need no quotes.
    fn value(&mut self) -> Result<String, FilterError> {
        let rest = self.rest();
        let Some(quote) = rest.chars().next().filter(|c| matches!(c, '"' | '\'')) else {
            let end = rest.find(|c: char| c.is_whitespace() || matches!(c, '(' | ')')).unwrap_or(rest.len());
            if end == 0 {
                return Err(self.error("a value must follow the operator"));
            }
            self.at += end;
            return Ok(rest[..end].to_owned());
        };
        let mut value = String::new();
        let mut characters = rest.char_indices().skip(1);
        while let Some((offset, c)) = characters.next() {
            match c {
                '\\' => value.extend(characters.next().map(|(_, escaped)| escaped)),
                c if c == quote => {
                    self.at += offset + c.len_utf8();
                    return Ok(value);
                }
                c => value.push(c),
            }
        }
        Err(self.error("the quote is not closed"))
    }

    /// Takes a keyword, if it comes next.
    fn keyword(&mut self, keyword: &str) -> bool {
        self.peek();
        let start = self.at;
        let found = self.word().eq_ignore_ascii_case(keyword);
        if !found {
            self.at = start;
        }
        found
    }

    /// Takes a word: all up to a blank, a parenthesis, a quote or an operator.
    fn word(&mut self) -> &'a str {
        let rest = self.rest();
        let stops =
            |c: char| c.is_whitespace() || matches!(c, '(' | ')' | '"' | '\'' | '<' | '>' | '=' | '!' | ':');
        let end = rest.find(stops).unwrap_or(rest.len());
        self.at += end;
        &rest[..end]
    }

    /// Skips blanks and looks at the next character.
    fn peek(&mut self) -> Option<char> {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start().len();
        self.rest().chars().next()
    }

    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn error(&self, message: &str) -> FilterError {
        FilterError { offset: self.at, message: message.to_owned() }
    }
}

fn single(mut parts: Vec<Expression>, combine: fn(Vec<Expression>) -> Expression) -> Expression {
    match parts.pop() {
        Some(only) if parts.is_empty() => only,
        last => {
            parts.extend(last);
            combine(parts)
        }
    }
}
