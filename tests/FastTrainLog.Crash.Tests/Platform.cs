using System.Runtime.Versioning;

// Processes are killed, and files given away, by the calls of Unix.
[assembly: UnsupportedOSPlatform("windows")]
