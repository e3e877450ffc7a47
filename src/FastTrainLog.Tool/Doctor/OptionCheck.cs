using Microsoft.Extensions.Logging;

namespace FastTrainLog.Tool.Doctor;

/// <summary>Checks whether the environment variables and the configuration can be read, and whether they disable something that is likely to be missed.</summary>
internal static class OptionCheck
{
    public static IEnumerable<Finding> Run(LogDirectoryState state)
    {
        foreach (string problem in state.OptionProblems)
        {
            yield return Finding.Error(problem, "correct it or remove it; a run that reads it does not start");
        }

        TrainLogOptions options = state.Options;
        foreach (string unknown in options.UnknownKeys)
        {
            yield return Finding.Warning(unknown, "correct it or remove it");
        }

        if (!options.EnableFileLogging)
        {
            yield return Finding.Warning("EnableFileLogging is false: there are no text files", "set it to true if the files are needed");
        }

        if (!options.EnableJsonLogging)
        {
            yield return Finding.Warning("EnableJsonLogging is false: there is no run.jsonl, which analyze, export and compare read", "set it to true");
        }

        if (!options.EnableJournal)
        {
            yield return Finding.Warning("EnableJournal is false: a killed run loses what is not written yet", "set it to true");
        }

        foreach ((string category, LogLevel level) in options.CategoryLevels.Append(new("MinimumLevel", options.MinimumLevel)))
        {
            if (level > LogLevel.Information)
            {
                yield return Finding.Warning($"the level of {category} is {level}: nothing below it is logged", "lower it if entries are missing");
            }
            else if (level < LogLevel.Information)
            {
                yield return Finding.Warning($"the level of {category} is {level}: much is logged, and files rotate often", "set it to Information after debugging");
            }
        }

        if (state.OptionProblems.Count == 0)
        {
            int read = state.OptionsRead;
            yield return Finding.Ok(read == 0 ? "no option comes from the environment or a configuration file" : $"{read} options from the environment and the configuration can be read");
        }
    }
}
