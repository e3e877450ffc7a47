using System.CommandLine;
using DuckDB.NET.Data;
using FastTrainLog.Analysis.Reports;
using FastTrainLog.Tool;
using FastTrainLog.Tool.Commands;
using FastTrainLog.Tool.Directories;

namespace FastTrainLog.Query;

/// <summary><c>fasttrainlog query ROOT SQL</c>: SQL over the logs of any number of runs.</summary>
internal static class QueryCommandLine
{
    public static int Run(string[] arguments, TextReader input, TextWriter output, TextWriter error)
    {
        RootCommand command = Create(input, output, error);
        ParseResult parsed = command.Parse(arguments);
        try
        {
            return parsed.Errors.Count > 0
                ? Refuse(string.Join(Environment.NewLine, parsed.Errors.Select(problem => problem.Message)), error, ExitCodes.WrongUsage)
                : parsed.Invoke(new InvocationConfiguration { Output = output, Error = error, EnableDefaultExceptionHandler = false });
        }
        catch (IOException exception) when (StandardOutput.IsReadersEnd(exception))
        {
            return ExitCodes.Success;
        }
        catch (Exception exception) when (exception is ToolException or DuckDBException)
        {
            return Refuse(exception.Message, error, ExitCodes.Failed);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return Refuse($"The query failed: {exception.Message}", error, ExitCodes.Failed);
        }
    }

    private static int Refuse(string message, TextWriter error, int code)
    {
        foreach (string line in message.Split('\n'))
        {
            error.WriteLine(ShownText.Of(line.TrimEnd()));
        }

        return code;
    }

    private static RootCommand Create(TextReader input, TextWriter output, TextWriter error)
    {
        var root = new Argument<string>("root") { Description = "A log directory, or one with logs or exported Parquet files below it, at any depth; or an address of object storage, such as s3://bucket/runs/17.", HelpName = "ROOT" };
        var sql = new Argument<string?>("sql") { Description = "The statement, in DuckDB's SQL.", HelpName = "SQL", Arity = ArgumentArity.ZeroOrOne };
        var format = new Option<string>("--format") { Description = "table, csv or json.", HelpName = "FORMAT", DefaultValueFactory = _ => "table" };
        format.AcceptOnlyFromAmong("table", "csv", "json");
        var shell = new Option<bool>("--sql-shell") { Description = "Reads statements from standard input, each ended by a semicolon; .tables lists the tables, .quit ends." };
        var command = new RootCommand("Queries the logs of any number of runs with SQL, by DuckDB. The tables are those of 'fasttrainlog export', with a column run.") { root, sql, format, shell };
        command.SetAction(parsed => Interruptible.Run(cancellation =>
        {
            string? statement = parsed.GetValue(sql);
            if (statement is null == !parsed.GetValue(shell))
            {
                return Refuse("Give a statement, or --sql-shell to enter some.", error, ExitCodes.WrongUsage);
            }

            using LogDatabase database = LogDatabase.Open(StoredLogs.DirectoryOf(parsed.GetRequiredValue(root), cancellation), statement, error, cancellation);
            string form = parsed.GetRequiredValue(format);
            if (statement is null)
            {
                new SqlShell(database, form, input, output, error).Run();
            }
            else
            {
                database.Execute(statement, form, output, cancellation);
            }

            return ExitCodes.Success;
        }));
        return command;
    }
}
