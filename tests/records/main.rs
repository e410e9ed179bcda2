//! Records as columns, tables and files of other programs.
