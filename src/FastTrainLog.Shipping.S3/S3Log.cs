using System.Security.Cryptography;

namespace FastTrainLog.Shipping;

/// <summary>Fetches logs from object storage.</summary>
public static class S3Log
{
    /// <summary>Brings the logs at a place, and below it, into a directory, which every reader of logs reads then. Objects that are there already are not fetched again.</summary>
    /// <param name="options">The place.</param>
    /// <param name="directory">The directory; it is created. What is in it and not at the place is deleted, if it is named as an object.</param>
    /// <param name="cancellation">Ends it; the next call continues.</param>
    /// <exception cref="InvalidDataException">There is no log, an object is missing, or one is not what the manifest says.</exception>
    /// <exception cref="IOException">The storage does not answer, refuses, or the directory cannot be written.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static void Fetch(S3Options options, string directory, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentException.ThrowIfNullOrEmpty(directory);
        try
        {
            using var store = new S3Store(options);
            string top = options.KeyOf(string.Empty);
            string[] places = [.. store.List(top.Length == 0 ? top : top + "/", cancellation).Where(static key => Path.GetFileName(key) == S3Manifest.Name).Select(key => key[top.Length..^S3Manifest.Name.Length].Trim('/'))];
            if (places.Length == 0)
            {
                throw new InvalidDataException($"there is no log at {options.Address}: it has no {S3Manifest.Name}");
            }

            foreach (string place in places)
            {
                string target = Path.GetFullPath(Path.Combine(directory, place));
                if (place.Split('/').Contains(".."))
                {
                    throw new InvalidDataException($"{options.Address} has a log at '{place}', which is no place below it");
                }

                Directory.CreateDirectory(target);
                Fetch(store, options, place, target, cancellation);
            }
        }
        catch (Exception exception) when (exception is Amazon.Runtime.AmazonServiceException or Amazon.Runtime.AmazonClientException or HttpRequestException)
        {
            throw new IOException($"{options.Address} cannot be read: {exception.Message}", exception);
        }
    }

    private static void Fetch(S3Store store, S3Options options, string place, string directory, CancellationToken cancellation)
    {
        S3Manifest manifest = S3Manifest.Read(store.Get(options.KeyOf(place, S3Manifest.Name), cancellation) ?? throw new InvalidDataException($"the manifest of {options.Address}/{place} was deleted"));
        var names = manifest.Parts.Select(static part => S3Manifest.NameOf(part.Log, part.Number)).ToHashSet();
        foreach (string other in Directory.GetFiles(directory, "run*.jsonl.*.gz").Where(file => !names.Contains(Path.GetFileName(file))))
        {
            File.Delete(other);
        }

        foreach (S3Part part in manifest.Parts)
        {
            string name = S3Manifest.NameOf(part.Log, part.Number);
            string path = Path.Combine(directory, name);
            if (File.Exists(path) && new FileInfo(path).Length == part.Bytes && HashOf(File.ReadAllBytes(path)) == part.Sha256)
            {
                continue;
            }

            byte[] content = store.Get(options.KeyOf(place, name), cancellation) ?? throw new InvalidDataException($"{options.Address}/{place}: {name} is missing");
            if (HashOf(content) != part.Sha256)
            {
                throw new InvalidDataException($"{options.Address}/{place}: {name} is not what the manifest says: its checksum differs");
            }

            File.WriteAllBytes(path + ".partial", content);
            File.Move(path + ".partial", path, overwrite: true);
        }
    }

    private static string HashOf(byte[] content) => Convert.ToHexString(SHA256.HashData(content));
}
