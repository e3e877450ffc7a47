using System.CommandLine;
using FastTrainLog.Analysis.Reports;
using FastTrainLog.Reading;

namespace FastTrainLog.Tool.Commands;

/// <summary><c>fasttrainlog cat FILE…</c>: writes the lines of log files, compressed or not, to standard output.</summary>
internal static class CatCommand
{
    private const int PieceBytes = 64 * 1024;

    public static Command Create(TextWriter output, TextWriter error)
    {
        var files = new Argument<string[]>("files") { Description = "The files.", HelpName = "FILE", Arity = ArgumentArity.OneOrMore };
        var command = new DocumentedCommand(
            "cat",
            "Writes the lines of log files, compressed or not, to standard output.",
            """
            Writes the lines of log files one after the other to standard output, as they were logged: of plain files, of files compressed with gzip (.gz), and of
            files of columns (.cols), for other programs that read lines.

            Returns 0; 1 if a file cannot be read to its end; 2 for a wrong command line.

            Examples:
              fasttrainlog cat logs/run.jsonl.999999999.cols | jq .properties.Loss
              fasttrainlog cat logs/run.jsonl.*.cols | grep -c '"event":"Step"'
            """)
        {
            files,
        };
        command.SetAction(parsed => Run(parsed.GetRequiredValue(files), output, error));
        return command;
    }

    private static int Run(string[] files, TextWriter output, TextWriter error)
    {
        int code = ExitCodes.Success;
        output.Flush();
        // The very bytes, also of lines that are not text.
        Stream bytes = StandardOutput.BytesOf(output);
        foreach (string file in files)
        {
            try
            {
                using FileStream stored = RegularFile.Open(file, FileOptions.SequentialScan);
                (CompressedFile.IsOne(file) ? new CompressedFile(stored) : (Stream)stored).CopyTo(bytes, PieceBytes);
            }
            catch (Exception exception) when (exception is InvalidDataException or FileNotFoundException or DirectoryNotFoundException or UnauthorizedAccessException)
            {
                bytes.Flush();
                error.WriteLine(ShownText.Of($"{file} cannot be read to its end: {exception.Message}"));
                code = ExitCodes.Failed;
            }
        }

        bytes.Flush();
        return code;
    }
}
