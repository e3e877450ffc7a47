using System.CommandLine;
using System.ComponentModel;
using System.Diagnostics;

namespace FastTrainLog.Tool.Commands;

/// <summary><c>fasttrainlog query ROOT SQL</c>: SQL over logs, through the package FastTrainLog.Query, which contains the engine.</summary>
/// <remarks>The engine is ten times as large as this tool, so it is a separate tool, which this one starts.</remarks>
internal static class QueryCommand
{
    private const string Program = "fasttrainlog-query";

    public static Command Create(TextWriter error)
    {
        var root = new Argument<string>("root") { Description = "A log directory, or one with logs or exported Parquet files below it, at any depth; or an address of object storage, such as s3://bucket/runs/17.", HelpName = "ROOT" };
        var sql = new Argument<string?>("sql") { Description = "The statement, in DuckDB's SQL.", HelpName = "SQL", Arity = ArgumentArity.ZeroOrOne };
        var format = new Option<string?>("--format") { Description = "table, csv or json; table by default.", HelpName = "FORMAT" };
        format.AcceptOnlyFromAmong("table", "csv", "json");
        var shell = new Option<bool>("--sql-shell") { Description = "Reads statements from standard input, each ended by a semicolon; .tables lists the tables, .quit ends." };
        var command = new DocumentedCommand(
            "query",
            "Queries the logs of any number of runs with SQL.",
            """
            Queries the logs of all runs below a directory with SQL, by DuckDB. The tables are those of 'fasttrainlog export', with a column run.
            Parquet files that 'fasttrainlog export --format parquet' wrote are read where they are, the lines of logs elsewhere: of a run of which
            there are Parquet files the lines are not read.

            It needs the package FastTrainLog.Query: dotnet tool install --global FastTrainLog.Query

            Returns 0; 1 if there is no log, the statement fails or the package is not installed, 2 for a wrong command line, 130 after Ctrl+C.

            Examples:
              fasttrainlog query experiments 'SELECT run, min(loss) FROM steps GROUP BY run ORDER BY 2'
              fasttrainlog query experiments 'SELECT * FROM validations' --format csv > validations.csv
              fasttrainlog query experiments --sql-shell
            """)
        {
            root, sql, format, shell,
        };
        command.SetAction(parsed =>
        {
            // A statement may begin with the two hyphens of a comment.
            string[] arguments =
            [
                .. parsed.GetValue(shell) ? ["--sql-shell"] : Array.Empty<string>(),
                .. parsed.GetValue(format) is { } form ? ["--format", form] : Array.Empty<string>(),
                "--",
                parsed.GetRequiredValue(root),
                .. parsed.GetValue(sql) is { } statement ? [statement] : Array.Empty<string>(),
            ];
            return Start(arguments, error);
        });
        return command;
    }

    private static int Start(string[] arguments, TextWriter error)
    {
        // Both receive Ctrl+C from the terminal; the started tool ends, and this one ends with its exit code.
        using var interrupt = System.Runtime.InteropServices.PosixSignalRegistration.Create(System.Runtime.InteropServices.PosixSignal.SIGINT, context => context.Cancel = true);
        foreach (string program in Places())
        {
            try
            {
                using Process process = Process.Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false })!;
                process.WaitForExit();
                return process.ExitCode;
            }
            catch (Win32Exception)
            {
                // It does not exist.
            }
        }

        error.WriteLine("SQL needs the package FastTrainLog.Query, which has the engine: dotnet tool install --global FastTrainLog.Query");
        return ExitCodes.Failed;
    }

    // The directory of this tool, the directory of global tools, and the shell's search path.
    private static IEnumerable<string> Places()
    {
        string name = OperatingSystem.IsWindows() ? Program + ".exe" : Program;
        string?[] directories = [Path.GetDirectoryName(Environment.ProcessPath), Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".dotnet", "tools")];
        return directories.OfType<string>().Select(directory => Path.Combine(directory, name)).Where(File.Exists).Append(name);
    }
}
