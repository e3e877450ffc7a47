namespace FastTrainLog;

/// <summary>Creates the loggers of categories, for a class that chooses its categories itself.</summary>
/// <remarks>Thread-safe. <see cref="TrainLogging"/> is one, and so is the in-memory log of FastTrainLog.Testing.</remarks>
public interface ITrainLoggerFactory
{
    /// <summary>Returns the logger of a category.</summary>
    /// <param name="category">The category: one of <see cref="LogCategories"/>, or one of your own.</param>
    /// <returns>The logger, the same one each time.</returns>
    /// <exception cref="InvalidOperationException">The log has 57,344 loggers, and the category is a further one of your own.</exception>
    TrainLogger GetLogger(string category);
}
