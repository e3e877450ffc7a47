using System.Text;
using DuckDB.NET.Data;
using FastTrainLog.Analysis.Reports;
using FastTrainLog.Analysis.Tables;

namespace FastTrainLog.Query;

/// <summary>Executes the statements of a reader, each as soon as a line ends with a semicolon.</summary>
internal sealed class SqlShell(LogDatabase database, string format, TextReader input, TextWriter output, TextWriter error)
{
    private bool IsInteractive => input == Console.In && !Console.IsInputRedirected;

    public void Run()
    {
        var statement = new StringBuilder();
        Prompt("sql> ");
        while (input.ReadLine() is { } line && line.Trim() is not ".quit")
        {
            if (statement.Length == 0 && line.Trim() is ".tables")
            {
                output.WriteLine(string.Join(Environment.NewLine, LogDatabase.TableNames.Append(MergedSteps.Name)));
            }
            else if (line.Trim().Length > 0)
            {
                statement.AppendLine(line);
                if (line.TrimEnd().EndsWith(';'))
                {
                    Execute(statement.ToString());
                    statement.Clear();
                }
            }

            Prompt(statement.Length == 0 ? "sql> " : "...> ");
        }

        if (statement.Length > 0)
        {
            Execute(statement.ToString());
        }
    }

    private void Execute(string sql)
    {
        try
        {
            database.Execute(sql, format, output, CancellationToken.None);
        }
        catch (DuckDBException exception)
        {
            error.WriteLine(string.Join(Environment.NewLine, exception.Message.Split('\n').Select(line => ShownText.Of(line.TrimEnd()))));
        }
    }

    private void Prompt(string text)
    {
        if (IsInteractive)
        {
            output.Write(text);
        }
    }
}
