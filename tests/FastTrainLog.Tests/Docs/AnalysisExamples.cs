using FastTrainLog.Analysis;
using FastTrainLog.Reading;
using FastTrainLog.Training;

namespace FastTrainLog.Tests.Docs;

/// <summary>The examples of docs/analysis.md.</summary>
internal static class AnalysisExamples
{
    public static void Analyse(string directory, string file)
    {
        // #analyse
        LogAnalysis analysis = LogAnalysis.Read(directory);
        Console.WriteLine($"{analysis.Run.Name}: loss {analysis.Progress.Loss?.Last}, {analysis.Anomalies.Count} anomalies");
        using FileStream page = File.Create(file);
        analysis.WriteHtml(page);
        // #
    }

    public static List<double?> Read(string directory)
    {
        List<double?> losses = [];

        // #records
        using var reader = new LogReader(directory);
        while (reader.Read())
        {
            if (reader.Current.EventId == TrainingEvents.Step)
            {
                losses.Add(reader.Current.GetDouble("Loss"u8));
            }
        }

        Console.WriteLine($"{losses.Count} steps, {reader.Unreadable.Count} unreadable lines");
        // #
        return losses;
    }
}
