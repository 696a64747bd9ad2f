//! Which permission each RPC needs (documentation, "AlloyDB IAM roles and permissions").

/// The refusal of a caller who may not do what an RPC does, in the words of AIP-211: which permission is missing, and on what.
/// None for an RPC of which that is not known.
pub fn denial(rpc: &str, resource: &str) -> Option<String> {
    let (kind, verb) = match rpc {
        "GetOperation" => ("operations", "get"),
        "CancelOperation" => ("operations", "cancel"),
        "DeleteOperation" => ("operations", "delete"),
        "ListOperations" => ("operations", "list"),
        rpc => {
            let (verb, kind) = ["Create", "Get", "Update", "Delete", "List"]
                .into_iter()
                .find_map(|verb| Some((verb, rpc.strip_prefix(verb)?)))?;
            let kind = match kind {
                "Backup" | "Backups" => "backups",
                "Cluster" | "Clusters" => "clusters",
                "Instance" | "Instances" => "instances",
                "User" | "Users" => "users",
                _ => return None,
            };
            (
                kind,
                match verb {
                    "Create" => "create",
                    "Get" => "get",
                    "Update" => "update",
                    "Delete" => "delete",
                    _ => "list",
                },
            )
        }
    };
    Some(format!(
        "Permission 'alloydb.{kind}.{verb}' denied on resource '{}' (or it might not exist).",
        existing(rpc, resource)
    ))
}

/// What is not there yet is made in something that is: `projects/P/locations/L` of `projects/P/locations/L/backups/B`.
fn existing<'a>(rpc: &str, resource: &'a str) -> &'a str {
    let parent = |name: &'a str| Some(name.rsplit_once('/')?.0.rsplit_once('/')?.0);
    Some(resource).filter(|_| rpc.starts_with("Create")).and_then(parent).unwrap_or(resource)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_permission_and_the_resource_are_named() {
        let backup = "projects/p/locations/l/backups/b";
        let text = |rpc, resource| denial(rpc, resource).unwrap();
        insta::assert_snapshot!(text("CreateBackup", backup), @"Permission 'alloydb.backups.create' denied on resource 'projects/p/locations/l' (or it might not exist).");
        insta::assert_snapshot!(text("GetBackup", backup), @"Permission 'alloydb.backups.get' denied on resource 'projects/p/locations/l/backups/b' (or it might not exist).");
        insta::assert_snapshot!(text("ListClusters", "projects/p/locations/l"), @"Permission 'alloydb.clusters.list' denied on resource 'projects/p/locations/l' (or it might not exist).");
        assert_eq!(denial("WaitOperation", "projects/p/locations/l/operations/o"), None);
    }
}
