using System.Net.Sockets;
using System.Text.Json;
using FastTrainLog.Gradients;
using FastTrainLog.Records;

namespace FastTrainLog.Training;

/// <summary>Determines the category of an exception: from its type, and if that is not specific, from the phrases that libtorch and CUDA use.</summary>
public static class ErrorClassifier
{
    private const int MostCauses = 1000;

    // libtorch reports everything as one exception type, so that only the message distinguishes its errors.
    // The first phrase that is found decides: memory comes before CUDA because "CUDA out of memory" is both.
    private static readonly (string Phrase, ErrorCategory Category)[] Phrases =
    [
        ("out of memory", ErrorCategory.OutOfMemory),
        ("not enough memory", ErrorCategory.OutOfMemory),
        ("can't allocate memory", ErrorCategory.OutOfMemory),
        ("CUBLAS_STATUS_ALLOC_FAILED", ErrorCategory.OutOfMemory),
        ("shapes cannot be multiplied", ErrorCategory.ShapeMismatch),
        ("must match the size of tensor", ErrorCategory.ShapeMismatch),
        ("is invalid for input of size", ErrorCategory.ShapeMismatch),
        ("Sizes of tensors must match", ErrorCategory.ShapeMismatch),
        ("size mismatch", ErrorCategory.ShapeMismatch),
        ("shape mismatch", ErrorCategory.ShapeMismatch),
        ("to match target batch_size", ErrorCategory.ShapeMismatch),
        ("on the same device", ErrorCategory.TensorMismatch),
        ("expected scalar type", ErrorCategory.TensorMismatch),
        ("and weight type", ErrorCategory.TensorMismatch),
        ("CUDA", ErrorCategory.Cuda),
        ("CUBLAS", ErrorCategory.Cuda),
        ("cuDNN", ErrorCategory.Cuda),
        ("NVRTC", ErrorCategory.Cuda),
        ("No space left on device", ErrorCategory.InputOutput),
    ];

    /// <summary>Classifies an exception; if its own type is not specific, its inner exceptions decide.</summary>
    /// <param name="exception">The exception.</param>
    /// <returns>Its category, and the usual fix.</returns>
    public static ErrorDiagnosis Diagnose(Exception exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        ErrorCategory category = CategoryOf(exception);
        return new ErrorDiagnosis(category, Suggestion(category, exception));
    }

    private static ErrorCategory CategoryOf(Exception exception)
    {
        // Of an error that wraps thousands of others, the first ones decide.
        foreach (Exception cause in ExceptionText.WithCauses(exception).Take(MostCauses))
        {
            ErrorCategory category = ByMessage(SafeText.MessageOf(cause)) ?? ByType(cause);
            if (category != ErrorCategory.Unknown)
            {
                return category;
            }
        }

        return ErrorCategory.Unknown;
    }

    private static ErrorCategory? ByMessage(string message)
    {
        foreach ((string phrase, ErrorCategory category) in Phrases)
        {
            if (message.Contains(phrase, StringComparison.OrdinalIgnoreCase))
            {
                return category;
            }
        }

        return null;
    }

    private static ErrorCategory ByType(Exception exception) => exception switch
    {
        OutOfMemoryException => ErrorCategory.OutOfMemory,
        NonFiniteGradientException or NotFiniteNumberException => ErrorCategory.NonFinite,
        OperationCanceledException { InnerException: TimeoutException } or TimeoutException => ErrorCategory.Timeout,
        OperationCanceledException => ErrorCategory.Cancelled,
        EndOfStreamException or InvalidDataException or FormatException or JsonException or RankException
            or IndexOutOfRangeException or KeyNotFoundException => ErrorCategory.Data,
        IOException or UnauthorizedAccessException or SocketException or HttpRequestException => ErrorCategory.InputOutput,
        DllNotFoundException or EntryPointNotFoundException or BadImageFormatException => ErrorCategory.NativeLibrary,
        ArgumentException => ErrorCategory.Configuration,
        _ => ErrorCategory.Unknown,
    };

    private static string? Suggestion(ErrorCategory category, Exception exception) => category switch
    {
        ErrorCategory.OutOfMemory => "Lower the batch size, accumulate gradients over several batches, or free tensors that are no longer needed.",
        ErrorCategory.Cuda => "Run again with the environment variable CUDA_LAUNCH_BLOCKING=1, so that the error is raised where it arises.",
        ErrorCategory.ShapeMismatch => "Compare the shapes named in the message with what the layer expects; the last, smaller batch of an epoch is a common cause.",
        ErrorCategory.TensorMismatch => "Move the model and its inputs to one device and one element type before the forward pass.",
        ErrorCategory.NonFinite => "Lower the learning rate or the loss scale, or choose a policy that skips such steps.",
        ErrorCategory.Cancelled or ErrorCategory.Timeout or ErrorCategory.Unknown or ErrorCategory.Configuration => null,
        ErrorCategory.Data => "Check the record that was being read: its encoding, its number of fields, and whether the file is complete.",
        ErrorCategory.NativeLibrary => "Install the native package for this platform and processor, and check that its version matches the managed one.",
        ErrorCategory.InputOutput => exception switch
        {
            FileNotFoundException or DirectoryNotFoundException => "Check that the path exists; a relative one starts at the working directory.",
            UnauthorizedAccessException => "Check the permissions of the file and of its directory.",
            _ when SafeText.MessageOf(exception).Contains("No space left", StringComparison.OrdinalIgnoreCase) => "Free space on the disk, or keep fewer checkpoints and logs.",
            _ => "Check the path, the disk's space and, for remote files, the connection; then try again.",
        },
        _ => null,
    };

    /// <summary>Returns the outcome of a run that an exception leaves.</summary>
    public static RunOutcome OutcomeOf(Exception exception) =>
        Diagnose(exception).Category == ErrorCategory.Cancelled ? RunOutcome.Cancelled : RunOutcome.Failed;
}
