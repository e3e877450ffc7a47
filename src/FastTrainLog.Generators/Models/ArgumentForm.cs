namespace FastTrainLog.Generators.Models;

/// <summary>How the generated body writes an argument to a record.</summary>
internal enum ArgumentForm
{
    /// <summary>Its memory is copied.</summary>
    Value,

    /// <summary>It is cast to the record's type first.</summary>
    CastValue,

    /// <summary>A string is copied.</summary>
    String,

    /// <summary>A span of characters is copied.</summary>
    CharSpan,

    /// <summary>An exception is captured before the record begins.</summary>
    Exception,

    /// <summary>It is formatted before the record begins.</summary>
    Text,

    /// <summary>Numbers are copied, up to a limit.</summary>
    Numbers,

    /// <summary>Named numbers are copied.</summary>
    Metrics,

    /// <summary>Named values, converted to storable ones before the call, are copied.</summary>
    Properties,
}
