namespace FastTrainLog.Tests.Docs;

internal static class OwnMessage
{
    public static void Log(TrainLogging logging)
    {
        // #call
        logging.GetLogger(LogCategories.Main).Augmented(epoch: 3, count: 5000, seconds: 1.25);
        // #
    }
}
