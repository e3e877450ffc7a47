using System.Globalization;
using System.Net;
using Amazon.Runtime;
using Amazon.Runtime.Internal.Transform;
using Amazon.S3;
using Amazon.S3.Model;

namespace FastTrainLog.Shipping;

/// <summary>The objects of a bucket: put, got and listed on the calling thread.</summary>
internal sealed class S3Store(S3Options options) : IDisposable
{
    private AmazonS3Client? _client;

    private AmazonS3Client Client => _client ??= options.CreateClient();

    /// <summary>Puts an object.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="content">Its content.</param>
    /// <param name="type">Its media type.</param>
    /// <param name="isNew">Whether it is put only if there is none.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>Whether it was put: false if there is one.</returns>
    public bool Put(string key, byte[] content, string type, bool isNew, CancellationToken cancellation)
    {
        var request = new PutObjectRequest
        {
            BucketName = options.Bucket,
            Key = key,
            InputStream = new MemoryStream(content),
            ContentType = type,
            IfNoneMatch = isNew ? "*" : null,
            UseChunkEncoding = false,
        };
        try
        {
            Client.PutObjectAsync(request, cancellation).GetAwaiter().GetResult();
            return true;
        }
        catch (AmazonS3Exception exception) when (isNew && exception.StatusCode == HttpStatusCode.PreconditionFailed)
        {
            return false;
        }
    }

    /// <summary>Deletes an object, if there is one.</summary>
    public void Delete(string key, CancellationToken cancellation) => Client.DeleteObjectAsync(new DeleteObjectRequest { BucketName = options.Bucket, Key = key }, cancellation).GetAwaiter().GetResult();

    /// <summary>Gets an object; null if there is none.</summary>
    /// <exception cref="IOException">Only a part of it came.</exception>
    public byte[]? Get(string key, CancellationToken cancellation)
    {
        try
        {
            using GetObjectResponse response = Client.GetObjectAsync(new GetObjectRequest { BucketName = options.Bucket, Key = key }, cancellation).GetAwaiter().GetResult();
            using var content = new MemoryStream();
            response.ResponseStream.CopyTo(content);
            return content.Length == response.ContentLength ? content.ToArray() : throw new IOException($"{key}: {content.Length} bytes came of {response.ContentLength}");
        }
        catch (AmazonS3Exception exception) when (exception.StatusCode == HttpStatusCode.NotFound && exception.ErrorCode != "NoSuchBucket")
        {
            return null;
        }
    }

    /// <summary>Returns the keys that begin with a prefix.</summary>
    public List<string> List(string prefix, CancellationToken cancellation)
    {
        var keys = new List<string>();
        var request = new ListObjectsV2Request { BucketName = options.Bucket, Prefix = prefix };
        ListObjectsV2Response response;
        do
        {
            response = Client.ListObjectsV2Async(request, cancellation).GetAwaiter().GetResult();
            keys.AddRange((response.S3Objects ?? []).Select(static found => found.Key));
            request.ContinuationToken = response.NextContinuationToken;
        }
        while (response.IsTruncated == true);
        return keys;
    }

    /// <summary>Returns what becomes of records whose objects could not be put.</summary>
    public static ShipAnswer Refusal(AmazonServiceException exception)
    {
        int status = (int)exception.StatusCode;
        string text = status == 0 ? exception.Message : string.Create(CultureInfo.InvariantCulture, $"HTTP status {status}: {exception.Message}");
        // 409: another request for the same object is in progress.
        return status is 0 or 408 or 409 or 425 or 429 or >= 500 ? ShipAnswer.Retry(text, AfterOf(exception)) : ShipAnswer.Misconfigured($"{text}; check the bucket and the credentials");
    }

    public void Dispose() => _client?.Dispose();

    private static TimeSpan? AfterOf(AmazonServiceException exception) =>
        exception.InnerException is Amazon.Runtime.Internal.HttpErrorResponseException { Response: IWebResponseData response }
            && response.GetHeaderValue("Retry-After") is { } text && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int seconds)
            ? TimeSpan.FromSeconds(seconds)
            : null;
}
