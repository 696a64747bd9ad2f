//! Which backups "list backups" is asked for: the parameters of each version, read and checked.

use super::message::{ApiVersion, BackupQuery, parse_time};
use super::problem::Problem;
use super::state::Backup;
use crate::kernel::operation::Key;
use crate::kernel::{Status, Time};

/// The longest page, which is also what is answered where the request does not say it.
const LARGEST_PAGE: usize = 100;
const DATASTORES: [&str; 4] = ["cassandra", "redis", "mongodb", "influxdb"];

/// What a backup is limited to, as the parameter `type` tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scope {
    Any,
    Instance,
    Tables,
}

/// Which backups are asked for.
#[derive(Debug)]
pub struct BackupFilter {
    /// How many to leave out.
    pub skip: usize,
    /// How many to answer.
    pub limit: usize,
    id: Option<String>,
    instance: Option<String>,
    datastore: Option<String>,
    manual: bool,
    scope: Scope,
    from: Option<Time>,
    to: Option<Time>,
}

impl BackupFilter {
    /// Reads the parameters as a version means them.
    ///
    /// # Errors
    /// `DBS.280439` and `DBS.280440` for the page, `DBS.280001` for the rest.
    pub fn read(query: BackupQuery, version: ApiVersion) -> Result<BackupFilter, Status> {
        let limit = match number(query.limit.as_deref()) {
            Ok(None) => LARGEST_PAGE,
            Ok(Some(limit)) if (1..=LARGEST_PAGE).contains(&limit) => limit,
            _ => return Err(Problem::LIMIT.about(format!("it must be 1 to {LARGEST_PAGE}"))),
        };
        let offset = number(query.offset.as_deref());
        let skip = match version {
            ApiVersion::V3 => match offset {
                Ok(None) => 0,
                Ok(Some(page)) if page >= 1 => (page - 1).saturating_mul(limit),
                _ => return Err(Problem::OFFSET.about("it must be the number of a page, from 1")),
            },
            ApiVersion::V3_1 | ApiVersion::V4 => match offset {
                Ok(offset) => offset.unwrap_or_default(),
                Err(()) => return Err(Problem::OFFSET.about("it must be 0 or more")),
            },
        };
        let manual = match query.backup_type.as_deref() {
            None | Some("Manual") => true,
            Some("Auto") => false,
            Some(_) => return Err(Problem::PARAMETER.about("backup_type must be Auto or Manual")),
        };
        let scope = match (version, query.r#type.as_deref()) {
            (ApiVersion::V3, _) => Scope::Any,
            (_, None | Some("Instance")) => Scope::Instance,
            (_, Some("DatabaseTable")) => Scope::Tables,
            _ => return Err(Problem::PARAMETER.about("type must be Instance or DatabaseTable")),
        };
        if query.datastore_type.as_ref().is_some_and(|kind| !DATASTORES.contains(&kind.as_str())) {
            let kinds = DATASTORES.join(", ");
            return Err(Problem::PARAMETER.about(format!("datastore_type must be one of {kinds}")));
        }
        if query.begin_time.is_some() != query.end_time.is_some() {
            return Err(Problem::PARAMETER.about("begin_time and end_time go together"));
        }
        Ok(BackupFilter {
            skip,
            limit,
            id: query.backup_id,
            instance: query.instance_id,
            datastore: query.datastore_type,
            manual,
            scope,
            from: time("begin_time", query.begin_time)?,
            to: time("end_time", query.end_time)?,
        })
    }

    /// True for a backup that is asked for, on whatever page. All that there are were made by hand.
    pub fn matches(&self, key: Key, backup: &Backup) -> bool {
        self.manual
            && self.id.as_ref().is_none_or(|id| *id == backup.id(key))
            && self.instance.as_ref().is_none_or(|id| **id == *backup.instance)
            && self.datastore.as_ref().is_none_or(|kind| kind == backup.datastore.r#type)
            && self.from.is_none_or(|from| backup.begin >= from)
            && self.to.is_none_or(|to| backup.begin <= to)
            && match self.scope {
                Scope::Any => true,
                Scope::Instance => backup.tables.is_empty(),
                Scope::Tables => !backup.tables.is_empty(),
            }
    }
}

fn number(text: Option<&str>) -> Result<Option<usize>, ()> {
    text.map(str::parse).transpose().map_err(|_| ())
}

fn time(what: &str, text: Option<String>) -> Result<Option<Time>, Status> {
    let Some(text) = text else { return Ok(None) };
    let time = parse_time(&text).ok_or_else(|| {
        Problem::PARAMETER
            .about(format!("{what} must have the form yyyy-mm-dd hh:mm:ss or yyyy-mm-ddThh:mm:ssZ"))
    })?;
    Ok(Some(time))
}
