using Amazon.Runtime;

namespace FastTrainLog.Shipping;

/// <summary>Ships logs to object storage: objects of gzipped JSON lines, each put only if there is none of its name, and a manifest.</summary>
/// <remarks>
/// The objects are named as rotated files are, so those of a place are a log directory; <see cref="S3Log"/> fetches them. After a kill between an object and the cursor, records come again: those that the last
/// object has are left out by their content.
/// </remarks>
public sealed class S3Target : IShipTarget
{
    private readonly S3Options _options;
    private readonly S3Store _store;
    private readonly Dictionary<string, S3Place> _places = [];

    /// <summary>Initializes a target. It connects with the first batch.</summary>
    /// <param name="options">How the storage is reached. Several log directories that are shipped together are below each other in it.</param>
    public S3Target(S3Options options)
        : this(options, objectBytes: 8 << 20)
    {
    }

    internal S3Target(S3Options options, int objectBytes)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _store = new S3Store(options);
        Limits = new BatchLimits(Records: 1 << 20, Bytes: objectBytes, Linger: options.Linger);
    }

    /// <inheritdoc/>
    public string Name => _options.Name;

    /// <inheritdoc/>
    public string Address => _options.Address;

    /// <inheritdoc/>
    public BatchLimits Limits { get; }

    /// <inheritdoc/>
    public ShipAnswer Send(ShipBatch batch, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(batch);
        try
        {
            if (!_places.TryGetValue(batch.Source.Name, out S3Place? place))
            {
                place = S3Place.Open(_store, _options, batch.Source.Name, cancellation);
                _places.Add(batch.Source.Name, place);
            }

            place.Append(batch, cancellation);
            return ShipAnswer.Done;
        }
        catch (AmazonServiceException exception)
        {
            return S3Store.Refusal(exception);
        }
        catch (InvalidDataException exception)
        {
            return ShipAnswer.Misconfigured($"{Address}/{batch.Source.Name}: {exception.Message}; ship to another place");
        }
        catch (AmazonClientException exception)
        {
            return ShipAnswer.Misconfigured(exception.Message);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _store.Dispose();
}
