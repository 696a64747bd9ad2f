# frozen_string_literal: true

# Runs the sample: ruby main.rb PROJECT INSTANCE DATABASE BACKUP

require_relative "cancel_backup"

# What has been said is not lost in a buffer if the program is killed.
$stdout.sync = true

if ARGV.length != 4
  warn "usage: ruby main.rb PROJECT INSTANCE DATABASE BACKUP"
  exit 2
end
project_id, instance_id, database_id, backup_id = ARGV
cancel_backup project_id: project_id, instance_id: instance_id, database_id: database_id, backup_id: backup_id
